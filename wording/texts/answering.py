"""What is said of answering."""

TEXTS = {
    "visit_not_readable": ("这次访问的结果不在代码表里", "the outcome of this attempt is none of the codes"),
    "visit_no_person": ("本点名单上没有这个编号", "no such number on this site's list"),
    "no_public_url": (
        "没有设公开网址：海报、邀请卡、二维码和平板链接不能印发。请在“公开信息”页填写，或设置 MINYI_PUBLIC_URL（如 https://diaocha.example.gov.cn）",
        "no public address is set: posters, cards, codes and tablets' links cannot be made; fill in the page Public information, or set MINYI_PUBLIC_URL (such as https://survey.example.gov.cn)",
    ),
    "name_device_or_its": ("请写明设备或访问员，80字以内", "name the device or its interviewer"),
    "link_lasts_days": ("有效期为1至{longest_days}天", "a link lasts 1 to {longest_days} days"),
    "most_windows": ("最多{most}段时间", "at most {most} windows"),
    "cannot_read_write": ("看不懂“{part}”，请写成 1-5 08:30-17:30", "cannot read '{part}'; write 1-5 08:30-17:30"),
    "must_end_after_starts": ("“{part}”：结束要晚于开始", "'{part}': it must end after it starts"),
    "no_weekday_use": ("“{part}”：{value}不是星期，请用1至7或周一至周日", "'{part}': '{name}' is no weekday; use 1 to 7"),
    "no": ("“{part}”：没有{clock}这个时刻", "'{part}': there is no {clock}"),
    "these_days_no_range": ("“{part}”：日期范围有误", "'{part}': these days are no range"),
    "no_such_receipt": ("没有收据号为“{receipt}”的应答。", "There is no response with the receipt number '{receipt}'."),
    "nothing_sealed": (
        "应答“{receipt}”没有封存的原文：其中没有文字被遮盖，或没有保留原文(MINYI_KEEP_TEXT)。",
        "Nothing is sealed in the response '{receipt}': no text in it was masked, or originals were not kept (MINYI_KEEP_TEXT).",
    ),
    "sealed_with_another_key": ("应答“{receipt}”的文字是用另一把密钥(text_key)封存的。", "The text of '{receipt}' was sealed with another key than this text_key."),
}
