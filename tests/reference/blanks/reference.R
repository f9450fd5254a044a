# Rscript reference.R > reference.json, in this folder: what R's survey says of tables with empty cells and of blanks.
library(survey)

# nested lists of numbers and texts as JSON
json <- function(x, inner = "  ") {
  if (is.list(x)) {
    parts <- mapply(function(name, value) sprintf('%s"%s": %s', inner, name, json(value, paste0(inner, "  "))), names(x), x)
    return(sprintf("{\n%s\n%s}", paste(parts, collapse = ",\n"), substring(inner, 3)))
  }
  if (is.character(x)) sprintf('"%s"', x) else sprintf("%.17g", x)
}

chisq <- function(design) {
  found <- suppressWarnings(svychisq(~age + overall, design, statistic = "F"))
  list(F = found$statistic[[1]], ndf = found$parameter[[1]], ddf = found$parameter[[2]], p = found$p.value[[1]])
}

empty <- read.csv("empty_cells.csv")
sparse <- subset(read.csv("sparse_table.csv", na.strings = ""), !is.na(age) & !is.na(overall))
by_site <- svydesign(~site, weights = ~weight, data = sparse)

# everybody who was asked stands in the design; a blank counts as dissatisfied, as satisfied, and as itself
asked <- read.csv("blank_official.csv")
asked$none <- ifelse(is.na(asked$overall), 0, asked$overall >= 4)
asked$all <- ifelse(is.na(asked$overall), 1, asked$overall >= 4)
design <- svydesign(~site, strata = ~county, weights = ~weight, data = asked, nest = TRUE)
answered <- subset(design, !is.na(overall))
share <- svymean(~I(as.numeric(overall >= 4)), answered)
raked <- postStratify(design, ~county, data.frame(county = c("c0", "c1", "c2", "c3"), Freq = c(350, 300, 200, 150)))

cat(json(list(
  software = paste(R.version.string, "; survey", packageVersion("survey")),
  tables = list(
    empty_cells = chisq(svydesign(~site, strata = ~county, weights = ~weight, data = empty, nest = TRUE)),
    sparse_table = chisq(by_site)
  ),
  blanks = list(
    n = sum(!is.na(asked$overall)), skipped = sum(is.na(asked$overall)),
    estimate = coef(share)[[1]], se = SE(share)[[1]],
    lower = coef(svymean(~none, design))[[1]], upper = coef(svymean(~all, design))[[1]],
    raked = list(lower = coef(svymean(~none, raked))[[1]], upper = coef(svymean(~all, raked))[[1]]),
    counties = lapply(split(svyby(~none + all, ~county, design, svymean), sort(unique(asked$county))),
                      function(row) list(lower = row$none, upper = row$all))
  )
)), "\n", sep = "")
