"""What the reader of YAML (ruamel.yaml) says, in its own English, and the Chinese of it."""

TEXTS = {
    "duplicate_key": ("键“{key}”出现了两次", 'found duplicate key "{key}" with value "{value}" (original value: "{old}")'),
    "colon_missing": ("缺少“:”", "could not find expected ':'"),
    "mapping_not_allowed": ("这里不能写“键: 值”，请检查缩进和冒号", "mapping values are not allowed here"),
    "sequence_not_allowed": ("这里不能写列表，请检查缩进", "sequence entries are not allowed here"),
    "block_end": ("缩进不对：这里多出了内容({found})", "expected <block end>, but found {found}"),
    "flow_end": ("方括号或花括号没有闭合：{found}", "expected ',' or '{end}', but got {found}"),
    "no_token": ("字符{character}不能出现在这里", "found character {character} that cannot start any token"),
    "end_of_stream": ("文字没有写完", "found unexpected end of stream"),
    "undefined_alias": ("没有名为{name}的引用", "found undefined alias {name}"),
    "tag_unknown": ("不读标签{name}", "could not determine a constructor for the tag {name}"),
    "several_documents": ("只读一份文档", "but found another document"),
    "not_printable": ("有不能显示的字符", "special characters are not allowed"),
}
