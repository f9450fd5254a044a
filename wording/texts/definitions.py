"""What is said of definitions."""

TEXTS = {
    "aliases_not_read_write": (
        "不读引用：请在这里写出“*{event_anchor}”所指的内容",
        "aliases are not read: write out here what '*{event_anchor}' stands for",
    ),
    "more_than_values": ("超过{most_values}个值", "more than {most_values} values"),
    "more_than_levels_within": ("嵌套超过{deepest}层", "more than {deepest} levels within one another"),
    "alias_stands_inside_what": ("引用出现在它自己所指的内容里", "an alias stands inside what it names"),
    "expected_mapping_keys_values": ("应是“键: 值”", "expected a mapping of keys to values"),
    "file_longer_than_characters": (
        "文件超过{most_characters}个字符",
        "the file is longer than {most_characters} characters",
    ),
    "key_missing": ("缺少键“{key}”", "the key '{key}' is missing"),
    "unknown_key_near": ("没有这个键；是不是“{near}”？", "unknown key; did you mean '{near}'?"),
    "unknown_key_of": ("没有这个键；可用的键：{valid}", "unknown key; valid keys: {valid}"),
    "unknown_key": ("没有这个键", "unknown key"),
    "not_utf8": ("文件不是UTF-8文本", "the file is not UTF-8 text"),
    "file_unreadable": ("文件读不了", "the file cannot be read"),
    "whole_number": ("应为整数", "expected a whole number"),
    "number": ("应为数字", "expected a number"),
    "text": ("应为文字", "expected text; put it in quotes if it looks like a number or a day"),
    "true_or_false": ("应为 true 或 false", "expected true or false"),
    "list": ("应为列表，如 [甲, 乙]", "expected a list, as [one, another]"),
    "mapping": ("应为“键: 值”", "expected a mapping of keys to values"),
    "one_of": ("应为其中之一：{expected}", "expected one of {expected}"),
    "written_like": ("写法不符，应为：{pattern}", "not written as it must be: {pattern}"),
    "date": ("应为日期，如 2026-01-31", "expected a day, as 2026-01-31"),
    "within": ("应{bounds}", "must be {bounds}"),
    "not_as_expected": ("不是所要求的内容：“{told}”", "{told}"),
    "not_yaml": ("不是有效的YAML：{said}", "not valid YAML: {said}"),
}
