# What people answered to every type of question, by R's survey: run as `Rscript reference.R` in this folder, which writes
# responses.csv and reference.json. Shares and their errors by svymean, calibrated by raking to 1e-13; their limits by
# svyciprop with method "beta" (Korn and Graubard) on the degrees of freedom of the sites that answered, under the base
# weights, as it would count the rows outside a domain of a calibrated design; by county with svyby; svychisq of second
# order ("F"); quantiles by Woodruff's interval ("mean", qrule "math"). Packages: survey, MASS.
library(survey)
options(survey.lonely.psu = "adjust", digits = 17)
set.seed(20231)

n <- 480
psu <- rep(1:24, each = n / 24)
county <- c("Jia", "Yi", "Bing")[(psu - 1) %/% 8 + 1]
sex <- sample(c("f", "m"), n, TRUE, c(0.57, 0.43))
age <- sample(c("16-29", "30-59", "60+"), n, TRUE, c(0.2, 0.5, 0.3))
mood <- rnorm(24)[psu] * 0.4 + rnorm(n) + (county == "Yi") * 0.5
blank <- function(x, share) ifelse(runif(n) < share, NA, x)
overall <- blank(pmin(5, pmax(1, round(3.4 + mood))), 0.04)
app <- blank(ifelse(mood + rnorm(n) > 0.3, "often", ifelse(runif(n) < 0.5, "tried", "never")), 0.05)
recommend <- blank(pmin(10, pmax(0, round(6.5 + 2 * mood))), 0.06)
minutes <- blank(round(20 + 8 * rnorm(n) + 4 * mood), 0.08)
parking <- blank(pmin(5, pmax(1, round(3 + mood))), 0.35)         # the others have not used it
rank_a <- blank(sample(1:3, n, TRUE, c(0.5, 0.3, 0.2)), 0.1)
speed <- ifelse(is.na(app), NA, as.numeric(runif(n) < 0.4))
weight <- c(40, 25, 60)[match(county, c("Jia", "Yi", "Bing"))] * (1 + psu %% 3)
data <- data.frame(psu, county, sex, age, weight, overall, app, recommend, minutes, parking, rank_a, speed)
write.csv(data, "responses.csv", row.names = FALSE, na = "", quote = FALSE)

population <- list(sex = c(f = 21000, m = 20000), age = c("16-29" = 9000, "30-59" = 20000, "60+" = 12000))
design <- svydesign(~psu, strata = ~county, weights = ~weight, data = data)
margins <- c(`(Intercept)` = 41000, sexm = 20000, `age30-59` = 20000, `age60+` = 12000)
plain <- design
design <- calibrate(design, ~sex + age, margins, calfun = "raking", epsilon = 1e-13, maxit = 200)

# as the product counts them: sites less strata that hold somebody who answered
freedom <- function(d) {
  held <- d$variables[weights(d) > 0, ]
  length(unique(held$psu)) - length(unique(held$county))
}
share <- function(indicator, d) {
  found <- svymean(as.formula(paste0("~as.numeric(", indicator, ")")), d)
  c(as.numeric(found), as.numeric(SE(found)))
}
limits <- function(indicator, d) {
  found <- svyciprop(as.formula(paste0("~I(", indicator, ")")), d, method = "beta", df = freedom(d))
  c(as.numeric(found), as.numeric(SE(found)), as.numeric(confint(found)))
}
number <- function(name, d) {
  found <- svymean(as.formula(paste0("~", name)), d)
  c(as.numeric(found), as.numeric(SE(found)), as.numeric(confint(found, df = freedom(d))))
}
answered <- function(name, d = design) {     # those outside keep their row and calibration, with any value
  held <- d[!is.na(d$variables[[name]]), ]
  held$variables[[name]][is.na(held$variables[[name]])] <- na.omit(data[[name]])[1]
  held
}

out <- list()
for (name in c("overall", "app", "recommend", "parking", "speed")) {
  levels <- if (name == "speed") 1 else sort(unique(na.omit(data[[name]])))
  d <- answered(name)
  for (level in levels)
    out[[paste("share", name, level)]] <- share(paste0(name, " == '", level, "'"), d)
  d <- answered(name, plain)
  for (level in levels)
    out[[paste("svyciprop", name, level)]] <- limits(paste0(name, " == '", level, "'"), d)
}
for (level in c("Jia", "Yi", "Bing")) {
  d <- answered("app")[answered("app")$variables$county == level, ]
  out[[paste("county app often", level)]] <- share("app == 'often'", d)
  d <- answered("app", plain)
  out[[paste("svyciprop by county app often", level)]] <- limits("app == 'often'", d[d$variables$county == level, ])
}
by <- svyby(~I(app == "often"), ~county, answered("app"), svymean)
for (level in c("Jia", "Yi", "Bing"))
  out[[paste("svyby app often", level)]] <- c(by[level, "I(app == \"often\")TRUE"], by[level, "se.I(app == \"often\")TRUE"])
out[["satisfied parking"]] <- share("parking >= 4", answered("parking"))
out[["mean overall"]] <- number("overall", answered("overall"))
out[["mean recommend"]] <- number("recommend", answered("recommend"))
out[["mean minutes"]] <- number("minutes", answered("minutes"))
out[["mean rank_a"]] <- number("rank_a", answered("rank_a"))
out[["first rank_a"]] <- share("rank_a == 1", answered("rank_a"))
d <- update(answered("recommend"), net = (recommend >= 9) - (recommend <= 6))
out[["net recommend"]] <- number("net", d)
d <- answered("minutes")
for (at in c(0.25, 0.5, 0.75)) {
  found <- svyquantile(~minutes, d, at, ci = TRUE, interval.type = "mean", qrule = "math", df = freedom(d))
  out[[paste("quantile minutes", at)]] <- as.numeric(found$minutes[1, c("quantile", "ci.2.5", "ci.97.5")])
}
for (name in c("app", "overall")) {
  test <- svychisq(as.formula(paste0("~", name, "+sex")), answered(name), statistic = "F")
  out[[paste("svychisq", name, "sex")]] <- c(as.numeric(test$statistic), as.numeric(test$parameter), test$p.value)
}
d <- answered("app")
gap <- svyglm(I(app == "often") ~ I(county == "Jia"), d, family = gaussian())
out[["difference app often Jia"]] <- c(coef(gap)[[2]], SE(gap)[[2]])

lines <- vapply(names(out), function(name)
  sprintf('  "%s": [%s]', name, paste(format(out[[name]], digits = 15), collapse = ", ")), "")
writeLines(c(sprintf('{\n  "made by": ["R %s.%s", "survey %s"],', R.version$major, R.version$minor,
                     packageVersion("survey")), paste(lines, collapse = ",\n"), "}"), "reference.json")
