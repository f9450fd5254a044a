"""What is said of estimates."""

TEXTS = {
    "no_sample_responses_yet": ("{survey_title}: 还没有可用于估计的抽样应答", "no sample responses yet"),
}
