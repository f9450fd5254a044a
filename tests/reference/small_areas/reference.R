# The logit with random county and site effects by R's lme4: run as `Rscript reference.R` in this folder, which writes answers.csv
# (one row a site and sex: who answered, who was satisfied) and reference.json. nAGQ = 0 is Laplace's approximation at the
# joint mode of fixed and random effects; logLik holds the binomial coefficients. Package: lme4.
suppressMessages(library(lme4))
options(digits = 17)
set.seed(1903)

county <- rep(1:9, times = c(6, 6, 5, 7, 6, 4, 6, 8, 5))
data <- expand.grid(sex = 0:1, site = seq_along(county))
data$county <- county[data$site]
data$n <- rpois(nrow(data), 9) + 1
u <- rnorm(9, 0, 0.35)
v <- rnorm(length(county), 0, 0.45)
data$y <- rbinom(nrow(data), data$n, plogis(0.8 - 0.4 * data$sex + u[data$county] + v[data$site]))
write.csv(data, "answers.csv", row.names = FALSE, quote = FALSE)

fit <- glmer(cbind(y, n - y) ~ sex + (1 | county) + (1 | site), data, family = binomial, nAGQ = 0,
             control = glmerControl(tolPwrss = 1e-13))
spread <- sqrt(unlist(VarCorr(fit)))
list_of <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
writeLines(paste0(
  "{\n  \"county_sd\": ", sprintf("%.17g", spread[["county"]]), ", \"site_sd\": ", sprintf("%.17g", spread[["site"]]),
  ",\n  \"fixed\": ", list_of(fixef(fit)), ",\n  \"county\": ", list_of(ranef(fit)$county[, 1]),
  ",\n  \"site\": ", list_of(ranef(fit)$site[, 1]),
  ",\n  \"log_likelihood\": ", sprintf("%.17g", logLik(fit)),
  ",\n  \"coefficients\": ", sprintf("%.17g", sum(lchoose(data$n, data$y))), "\n}"
), "reference.json")
