# Few sites and no weights, by R's survey: run as `Rscript reference.R` in this folder, which writes responses.csv and
# reference.json. Strata with one PSU under "average", whole, by county with svyby and raked; a domain of such strata alone is
# NaN in R, null here. Then the degrees of freedom of a design (degf) in which some PSUs weigh nothing. Package: survey.
library(survey)
options(survey.lonely.psu = "average", digits = 17)
set.seed(41)

# Jia: two strata of three PSUs; Yi: one of two PSUs; Bing: one of one; Ding: one of one and one of three
psu <- rep(1:13, each = 6)
stratum <- c("j1", "j1", "j1", "j2", "j2", "j2", "y", "y", "b", "d1", "d2", "d2", "d2")[psu]
county <- c(j1 = "Jia", j2 = "Jia", y = "Yi", b = "Bing", d1 = "Ding", d2 = "Ding")[stratum]
sex <- sample(c("f", "m"), length(psu), TRUE)
overall <- sample(1:5, length(psu), TRUE, c(1, 1, 2, 3, 3))
minutes <- round(20 + 6 * rnorm(length(psu)) + psu)
weight <- c(40, 25, 60)[psu %% 3 + 1]
part <- ifelse(psu %in% c(3, 7, 12), 0, weight)            # three PSUs that weigh nothing
data <- data.frame(psu, stratum, county, sex, overall, minutes, weight, part)
write.csv(data, "responses.csv", row.names = FALSE, quote = FALSE)
data$good <- as.numeric(data$overall >= 4)

whole <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = data)
raked <- calibrate(whole, ~sex, c(`(Intercept)` = 3000, sexm = 1400), calfun = "raking", epsilon = 1e-13, maxit = 200)
number <- function(x) ifelse(is.nan(x) | is.na(x), "null", sprintf("%.17g", x))
pairs <- function(names, values) paste0("\"", names, "\": [", values, "]", collapse = ", ")
figures <- function(d) {
  all <- svymean(~good + minutes, d)
  by <- svyby(~good + minutes, ~county, d, svymean)
  rows <- paste(number(by$good), number(by$se.good), number(by$minutes), number(by$se.minutes), sep = ", ")
  paste0("{", pairs(c("", as.character(by$county)),
                    c(paste(number(coef(all)[1]), number(SE(all)[1]), number(coef(all)[2]), number(SE(all)[2]), sep = ", "), rows)), "}")
}
options(survey.lonely.psu = "adjust")
light <- svydesign(~psu, strata = ~stratum, weights = ~part, data = data)
minutes_light <- svymean(~minutes, light)
options(survey.lonely.psu = "average")
writeLines(paste0(
  "{\n  \"plain\": ", figures(whole), ",\n  \"raked\": ", figures(raked),
  ",\n  \"light\": {\"df\": ", degf(light), ", \"n\": ", sum(part > 0), ", \"minutes\": [", number(coef(minutes_light)), ", ",
  number(SE(minutes_light)), "]}\n}"
), "reference.json")
