"""What is said of documents."""

TEXTS = {
    "no_chinese_font_on": (
        "这台服务器没有中文字体，无法生成PDF；请安装 fonts-noto-cjk，或下载Word版",
        "this server has no Chinese font, so no PDF can be made; install fonts-noto-cjk, or take the Word file",
    )
}
