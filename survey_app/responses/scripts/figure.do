* The point estimate of run {{RUN}} of {{SURVEY}}, from {{DATA}}.dta. Official: {{ESTIMATE}}
* We have not run this script: we have no Stata. Its standard error is another one than the official, which is {{SE}}:
* mean takes the final weights as given and knows nothing of the calibration; figure.R and figure.py do.
version 14
use "{{DATA}}.dta", clear
keep if counted == 1
generate double official = .
{{STATA_VALUE}}
mean official [pweight = final_weight]
