"""What the README of a run's package says."""

TEXTS = {
    "title": (
        "# 估计{run}的数据包：{title}（{code}）\n\n`responses.csv`、`.parquet`、`.sav`(SPSS)、`.dta`(Stata)内容相同；`responses-codes.csv`是编码表，`codebook.html`和`codebook.xml`(DDI-Codebook 2.5)是编码本；`plan.yaml`和`margins/`是计划与边际；`figure.json`是正式结果。",
        "# Package of run {run}: {title} ({code})\n\n`responses.csv`, `.parquet`, `.sav` (SPSS) and `.dta` (Stata) hold the same; `responses-codes.csv` lists the codes, `codebook.html` and `codebook.xml` (DDI-Codebook 2.5) are the codebook; `plan.yaml` and `margins/` are plan and margins; `figure.json` is the official figure.",
    ),
    "figure": (
        "正式结果：估计值{estimate:.10g}，标准误{se:.6g}，区间{lower:.10g} 至 {upper:.10g}，n = {n:,}，自由度{df:.0f}。",
        "The official figure: estimate {estimate:.10g}, standard error {se:.6g}, interval {lower:.10g} to {upper:.10g}, n = {n:,}, df = {df:.0f}.",
    ),
    "approved": ("估计{run}已经两人批准。", "Run {run} is approved by two persons."),
    "not_approved": ("**估计{run}尚未批准，是暂定结果，不得作为正式结果引用。**", "**Run {run} is not approved: it is provisional and not to be quoted as official.**"),
    "rows": (
        "每行一份完成的应答，共{responses:,}行，其中{counted:,}行计入本次估计(`counted`=1)。`sample`=0是开放扫码的应答，没有权数，不计入。`flags`是作出估计时成立的疑问种类，`flagged`表示按计划的规则是否计为有疑问。",
        "One row for each complete response, {responses:,} in all; {counted:,} count in this run (`counted` = 1). `sample` = 0 is an open answer, which has no weight and does not count. `flags` are the kinds of flags that stood when the run was made, `flagged` says whether one counts by the plan's rule.",
    ),
    "gone": (
        "**作出估计以后，有{gone:,}份应答不在了(市民撤回，或已作废)，这里没有它们，所以各行已不能得出正式结果。** `cells.csv`(`.sav`、`.dta`)是估计当时存下的汇总单元，脚本由它得出正式结果。",
        "**Since the run was made {gone:,} of its responses are gone (taken back by citizens, or voided). They are not in here, and the rows no longer give the official figure.** `cells.csv` (`.sav`, `.dta`) has the cells that the run kept, from which the scripts print it.",
    ),
    "weights": (
        "`base_weight`是校准前的基础权数，已含各点的实际应答；`final_weight`是校准(及截尾)后的最终权数，正式结果用它。没有回答总体评价的人，权数为0。若有`calibration_weight`，校准从它开始；若有`trimmed_by`，权数在校准后截过尾。",
        "`base_weight` is the weight before calibration, with what each site answered already in it; `final_weight` is the one after calibration (and trimming), by which the official figure is made. Who left the measured question blank has weight 0. Where there is a `calibration_weight`, calibration began from it; where there is `trimmed_by`, weights were trimmed after it.",
    ),
    "labels": (
        "层(`stratum`)和抽样点(`psu`)是本次估计随机排定的编号，不对应名称；计划在别处也用到层名时，层名照写。没有钟点、调查点和回执号，行序不说明任何问题。",
        "Strata (`stratum`) and sampled sites (`psu`) have labels drawn at random for this run, which name nothing; a stratum that the plan also names elsewhere keeps its name. There is no minute, site or receipt, and the order of rows says nothing.",
    ),
    "missing": (
        "没有回答的原因分五种编码：-91 未显示，-92 未作答，-93 不知道，-94 拒答，-95 没用过；SPSS里是声明的缺失值，Stata里依次是 .a 至 .e。",
        "Why there is no answer stands in five codes: -91 not shown, -92 skipped, -93 don't know, -94 refused, -95 not used; declared missing values in SPSS, .a to .e in Stata, in this order.",
    ),
    "scripts": (
        "在本文件夹运行 `Rscript figure.R` 或 `python figure.py`(需numpy、scipy)，得出同一估计值、标准误和区间；装有R的survey时，`figure.R`另由基础权数和边际用 `calibrate()` 再算一遍。`figure.do`(Stata)和`figure.sps`(SPSS)只得出估计值，它们的标准误与正式的不同；我们没有这两种软件，未曾运行。",
        "In this folder `Rscript figure.R` or `python figure.py` (with numpy and scipy) prints the same estimate, standard error and interval; where R has survey, `figure.R` also makes them from base weights and margins by `calibrate()`. `figure.do` (Stata) and `figure.sps` (SPSS) give the estimate alone: their standard error differs from the official one, and we have not run them, for want of both programs.",
    ),
    "estimate": ("`minyi estimate responses.csv --plan plan.yaml`(或 .parquet)得出同一结果。", "`minyi estimate responses.csv --plan plan.yaml` (or .parquet) gives the same figure."),
    "replicates": (
        '`rep_0001`至`rep_{number:04}`是自助法重复权数，各自校准过。R：`svrepdesign(weights = ~final_weight, repweights = "rep_", combined.weights = TRUE, type = "other", scale = 1/{number}, rscales = 1)`。',
        '`rep_0001` to `rep_{number:04}` are bootstrap weights, each calibrated. R: `svrepdesign(weights = ~final_weight, repweights = "rep_", combined.weights = TRUE, type = "other", scale = 1/{number}, rscales = 1)`.',
    ),
    "large": (
        "共{number:,}行，超过SPSS和Stata文件的上限{most:,}行，故没有这两种文件及其脚本；请用CSV或Parquet。",
        "There are {number:,} rows, more than the {most:,} of a file of SPSS or Stata: these and their scripts are left out; take CSV or Parquet.",
    ),
    "care": (
        "这是逐份的应答，虽无姓名，仍须妥善保管，只用于申明的用途；导出人、时间和用途已写入审计记录。",
        "These are single people's answers: without a name, and still to be kept with care and for the stated purpose alone. Who took them, when and why stands in the audit trail.",
    ),
}
