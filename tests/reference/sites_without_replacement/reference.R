# Debian 12: r-cran-survey 4.1.1, r-cran-sampling 2.9.  Rscript reference.R
# Two strata, each with one site of certainty. R is told of these as strata of their own; the plan is not.
library(survey); library(sampling)
options(digits = 17, survey.lonely.psu = "adjust")
sizes <- list(a = c(900, 400, 310, 260, 220, 150, 120, 90), b = c(1500, 500, 350, 300, 240, 200, 160))
draws <- list(a = c(1, 2, 3, 5, 6), b = c(1, 2, 4, 6))
answers <- list(a = c(7, 5, 3, 6, 2), b = c(8, 4, 6, 1))  # satisfied, of those below
asked <- list(a = c(10, 8, 8, 9, 7), b = c(12, 9, 8, 6))
rows <- NULL; pairs <- NULL
for (s in names(sizes)) {
  p <- inclusionprobabilities(sizes[[s]], length(draws[[s]]))
  open <- which(p < 1)
  joint <- outer(p, p)
  joint[open, open] <- UPsampfordpi2(p[open])
  diag(joint) <- p
  at <- draws[[s]]
  for (i in seq_along(at)) {
    n <- asked[[s]][i]
    rows <- rbind(rows, data.frame(stratum = s, site = paste0(s, at[i]), probability = p[at[i]], size = sizes[[s]][at[i]],
      weight = sizes[[s]][at[i]] / p[at[i]] / n, good = rep(1:0, c(answers[[s]][i], n - answers[[s]][i])),
      sex = rep(c("m", "f"), length.out = n)))
    for (j in seq_along(at)) if (j > i) pairs <- rbind(pairs, data.frame(stratum = s, site = paste0(s, at[i]),
      other = paste0(s, at[j]), probability = joint[at[i], at[j]]))
  }
}
rows$person <- seq_len(nrow(rows)); rows$tiny <- 1e-12  # people inside sites as if drawn with replacement
rows$layer <- ifelse(rows$probability > 1 - 1e-9, rows$site, rows$stratum)
rows <- rows[order(rows$layer, rows$site), ]
said <- function(design) {
  v <- function(x) as.numeric(SE(x))
  c(share = as.numeric(coef(svymean(~good, design))), se = v(svymean(~good, design)),
    se_of_women = v(svymean(~good, subset(design, sex == "f"))))
}
one <- said(svydesign(~site, strata = ~layer, fpc = ~probability, pps = "brewer", weights = ~weight, data = rows))
two <- said(svydesign(~site + person, strata = ~layer + site, fpc = ~probability + tiny, pps = "brewer",
  weights = ~weight, data = rows))
# Sen-Yates-Grundy on the sites' linearised totals: R's ppsmat takes no second stage, which is added as Brewer's has it.
syg <- function(inside) {
  share <- sum((rows$weight * rows$good)[inside]) / sum(rows$weight[inside])
  z <- ifelse(inside, rows$weight * (rows$good - share) / sum(rows$weight[inside]), 0)
  v <- 0
  for (s in names(sizes)) {
    mine <- rows[rows$stratum == s, ]
    labels <- unique(mine$site)
    pi <- sapply(labels, function(k) mine$probability[mine$site == k][1])
    j <- diag(pi)
    for (k in seq_along(labels)) for (l in seq_along(labels)) if (k != l) j[k, l] <- pairs$probability[
      (pairs$site == labels[k] & pairs$other == labels[l]) | (pairs$site == labels[l] & pairs$other == labels[k])]
    d <- data.frame(t = tapply(z[rows$stratum == s], mine$site, sum)[labels] * pi, pi = pi)
    v <- v + as.numeric(vcov(svytotal(~t, svydesign(~1, probs = ~pi, pps = ppsmat(j), variance = "YG", data = d))))
  }
  v
}
everyone <- rep(TRUE, nrow(rows))
joint_se <- c(se = sqrt(syg(everyone) + two[["se"]]^2 - one[["se"]]^2),
  se_of_women = sqrt(syg(rows$sex == "f") + two[["se_of_women"]]^2 - one[["se_of_women"]]^2))
p <- inclusionprobabilities(c(40, 25, 60, 10, 33, 52, 18), 3)
write.csv(rows[, c("stratum", "site", "probability", "size", "weight", "good", "sex")], "responses.csv", row.names = FALSE, quote = FALSE)
write.csv(pairs, "joint.csv", row.names = FALSE, quote = FALSE)
num <- function(x) paste0('"', names(x), '": ', format(x, digits = 17), collapse = ", ")
list_of <- function(x) paste0("[", paste(format(as.numeric(x), digits = 17), collapse = ", "), "]")
cat("{", '"brewer": {', num(two), '}, "sen_yates_grundy": {', num(joint_se), '}, "probability": ', list_of(p),
  ', "joint": ', list_of(UPsampfordpi2(p)), "}\n", sep = "", file = "reference.json")
