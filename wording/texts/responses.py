"""What is said of responses."""

TEXTS = {
    "not_in_quarantine": ("这份应答不在待核查之列", "the response is not in quarantine"),
    "response_flagged_already": ("这份应答已经被标记", "the response is flagged already"),
    "response_not_flagged": ("这份应答没有标记", "the response is not flagged"),
    "reason_needed": ("请写明理由", "a reason is needed"),
}
