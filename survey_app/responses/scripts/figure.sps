* The point estimate of run {{RUN}} of {{SURVEY}}, from {{DATA}}.sav. Official: {{ESTIMATE}}.
* We have not run this script: we have no SPSS. A standard error made from it is another one than the official,
  which is {{SE}}: weighting here knows neither sites nor calibration. figure.R and figure.py do.
GET FILE='{{DATA}}.sav'.
SELECT IF (counted = 1).
RECODE measure {{SPSS_VALUE}} (ELSE=SYSMIS) INTO official.
WEIGHT BY final_weight.
MEANS TABLES=official /CELLS=MEAN.
