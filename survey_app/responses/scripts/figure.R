# Prints the official figure of run {{RUN}} of {{SURVEY}}, its standard error and its interval, from {{DATA}}.csv.
# Base R does it alone. Where the package survey is installed, what it makes of the base weights and the margins stands below.
# Run it in this folder: Rscript figure.R
margins <- list({{R_MARGINS}})
totals <- c({{R_TOTALS}})
value <- c({{R_VALUE}}) # what an answer counts: code = value
official <- "{{OFFICIAL}}"
method <- "{{INTERVAL}}"
confidence <- {{CONFIDENCE}}
lonely <- "{{SINGLETON}}"

read <- function(file) { # as UTF-8 in every locale, the plain C one too
  found <- read.csv(file, encoding = "UTF-8", colClasses = "character", check.names = FALSE)
  names(found)[1] <- sub("^\xef\xbb\xbf", "", names(found)[1], useBytes = TRUE)
  found
}
d <- read("{{DATA}}.csv")
d <- d[d$counted == "1", ]
column <- function(name, otherwise) if (name %in% names(d)) as.numeric(d[[name]]) else otherwise
n <- column("responses", rep(1, nrow(d)))
w <- column("final_weight")
start <- column("calibration_weight", column("base_weight")) # what calibration began from
cut <- column("trimmed_by", rep(1, nrow(d)))
squared <- column("squared", w^2)
y <- unname(value[d$measure])
answered <- !is.na(y) & w > 0
y[is.na(y)] <- 0

total <- sum(w[answered])
estimate <- sum(w[answered] * y[answered]) / total
influence <- ifelse(answered, (y - estimate) / total, 0)

# What calibration left over: residuals of the regression on the margins, by the weights before calibration.
populations <- lapply(margins, function(file) transform(read(file), population = as.numeric(population)))
x <- {{R_CONSTANT}}
for (name in names(margins)) {
  levels <- populations[[name]]$level
  used <- if (name == names(margins)[1]) levels else levels[-1]
  x <- cbind(x, sapply(used, function(level) as.numeric(d[[name]] == level)))
}
for (name in totals) x <- cbind(x, column(name))
left <- influence
if (!is.null(x)) {
  found <- qr.coef(qr(x * sqrt(start)), influence * cut * sqrt(start))
  left <- as.vector(influence * cut - x %*% ifelse(is.na(found), 0, found)) / cut
}

# Taylor linearisation over the sites of each stratum.
stratum <- if ("stratum" %in% names(d)) d$stratum else rep("", nrow(d))
direct <- !("psu" %in% names(d))
unit <- if (direct) stratum else paste(stratum, d$psu, sep = "\r")
first <- !duplicated(unit)
score <- tapply(w * left, factor(unit, unit[first]), sum)
of <- stratum[first]
parts <- sapply(unique(stratum), function(h) {
  own <- score[of == h]
  units <- if (direct) sum(n[stratum == h]) else length(own)
  if (units == 1) return(if (lonely == "adjust") sum(own)^2 else 0)
  spread <- if (direct) sum((squared * left^2)[stratum == h]) - own^2 / units else sum((own - mean(own))^2)
  units / (units - 1) * spread
})
alone <- sapply(unique(stratum), function(h) (if (direct) sum(n[stratum == h]) else sum(of == h)) == 1)
variance <- sum(parts) * (if (lonely == "average" && any(alone) && !all(alone)) length(alone) / sum(!alone) else 1)
se <- sqrt(variance)
strata <- length(unique(stratum[answered]))
df <- (if (direct) sum(n[answered]) else length(unique(unit[answered]))) - strata
responses <- sum(n[answered])

t_of <- function(df) qt(0.5 + confidence / 2, df)
size <- if (df >= 1 && se > 0 && estimate > 0 && estimate < 1) estimate * (1 - estimate) / se^2 * (t_of(responses - 1) / t_of(df))^2 else responses
exact <- function() {
  tail <- (1 - confidence) / 2
  c(if (estimate <= 0) 0 else qbeta(tail, estimate * size, (1 - estimate) * size + 1),
    if (estimate >= 1) 1 else qbeta(1 - tail, estimate * size + 1, (1 - estimate) * size))
}
limits <- if (df < 1) {
  c(NA, NA)
} else if (official == "index" || method == "wald") {
  estimate + c(-1, 1) * t_of(df) * se
} else if (method == "wilson") {
  z <- qnorm(0.5 + confidence / 2)
  middle <- (estimate + z^2 / (2 * size)) / (1 + z^2 / size)
  middle + c(-1, 1) * z / (1 + z^2 / size) * sqrt(estimate * (1 - estimate) / size + z^2 / (4 * size^2))
} else if (method == "logit" && estimate > 0 && estimate < 1 && se > 0) {
  plogis(qlogis(estimate) + c(-1, 1) * t_of(df) * se / (estimate * (1 - estimate)))
} else exact()
cat(sprintf("%s %.15g\n", c("estimate", "se", "lower", "upper", "df", "n"), c(estimate, se, limits, df, responses)), sep = "")

# The same by survey::calibrate, from base weights and margins alone.
calfun <- {{R_CALFUN}}
weighing <- start > 0 # survey divides by the weights, so that who left the question blank cannot stay in
if (!is.null(calfun) && setequal(unit, unit[weighing]) && requireNamespace("survey", quietly = TRUE)) {
  suppressMessages(library(survey))
  options(survey.lonely.psu = lonely)
  rows <- data.frame(stratum = stratum, psu = if (direct) seq_len(nrow(d)) else d$psu, weight = start, y = y, answered = answered)
  wanted <- c()
  for (name in names(margins)) {
    own <- populations[[name]]
    rows[[name]] <- factor(match(d[[name]], own$level), seq_len(nrow(own))) # by place: no locale changes a number
    own$population <- own$population * sum(populations[[1]]$population) / sum(own$population)
    used <- if (name == names(margins)[1]) seq_len(nrow(own)) else seq_len(nrow(own))[-1]
    wanted <- c(wanted, setNames(own$population[used], paste0(name, used)))
  }
  design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = rows[weighing, ], nest = TRUE)
  if (length(wanted)) {
    formula <- reformulate(c("0", names(margins)))
    design <- calibrate(design, formula, wanted, calfun = calfun, bounds = {{R_BOUNDS}}, epsilon = 1e-12, maxit = 200)
  }
  found <- svymean(~y, subset(design, answered))
  cat(sprintf("survey_%s %.15g\n", c("estimate", "se"), c(coef(found), SE(found))), sep = "")
}
