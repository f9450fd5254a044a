# R 4.2.2, survey 4.1.1; tests/analysis/test_follow_up.py has its output. Drawn from so many that no finite population counts; strata of
# equal size, since with others twophase() takes the size of one stratum for that of the next.
suppressMessages(library(survey))
i <- 0:119
d <- data.frame(id = i, h = ifelse(i < 60, "a", "b"), psu = paste0("p", i %/% 10), y = as.numeric((i * 7 + i %/% 4) %% 10 < 6))
d$resp <- (i %% 5) %in% c(0, 1, 3)
d$follow <- !d$resp & (i %% 3 == 0)
d$in2 <- d$resp | d$follow
for (ids in c("id", "psu")) for (strat in c(TRUE, FALSE)) {
  per <- if (ids == "id") 1 else 10
  d$N <- if (strat) ifelse(d$h == "a", 60 / per * 12e6, 60 / per * 20e6) else 120 / per * 1e7
  d$s2 <- if (strat) paste(d$h, d$resp) else paste(d$resp)
  des <- twophase(id = list(as.formula(paste0("~", ids)), ~id), strata = list(if (strat) ~h else NULL, ~s2),
                  fpc = list(~N, NULL), subset = ~in2, data = d, method = "full")
  m <- svymean(~y, des); cat(ids, strat, sprintf("%.15g %.15g\n", coef(m), SE(m)))
}
