"""Why a file is no map of these areas."""

TEXTS = {
    "too_large": (
        "文件有{size:.1f} MB，最多{most:.1f} MB，请先简化边界",
        "the file has {size:.1f} MB of at most {most:.1f} MB; simplify its outlines first",
    ),
    "no_json": ("文件不是GeoJSON(UTF-8)", "the file is no GeoJSON in UTF-8"),
    "no_collection": ("文件须是一个FeatureCollection", "the file has to be one FeatureCollection"),
    "how_many": ("文件有{n}个要素，须为1到{most}个", "the file has {n} features; 1 to {most} are read"),
    "other_system": (
        "坐标系须为经纬度(WGS84、GCJ-02或CGCS2000)，文件写的是别的",
        "coordinates have to be degrees (WGS 84, GCJ-02 or CGCS2000); the file names another system",
    ),
    "kind": (
        "第{n}个要素{name}是{kind}，须为Polygon、MultiPolygon或Point",
        "feature {n} {name} is a {kind}; a Polygon, MultiPolygon or Point is expected",
    ),
    "no_name": (
        "第{n}个要素没有名称或编码(属性name、adcode或名称)",
        "feature {n} has no name or code (in its property name or adcode)",
    ),
    "unknown": ("第{n}个要素“{name}”不是已有的县(市、区)", "feature {n}, '{name}', is none of the counties there are"),
    "unknown_near": (
        "第{n}个要素“{name}”不是已有的县(市、区)，是否应为“{near}”",
        "feature {n}, '{name}', is none of the counties there are; is it '{near}'?",
    ),
    "no_ring": (
        "第{n}个要素“{name}”的边界不完整：每个环至少四个点",
        "feature {n}, '{name}', has an incomplete outline: a ring has four positions at least",
    ),
    "open_ring": (
        "第{n}个要素“{name}”的边界没有闭合：首尾须是同一点",
        "feature {n}, '{name}', is not closed: a ring ends where it begins",
    ),
    "no_position": ("第{n}个要素“{name}”有不是数的坐标", "feature {n}, '{name}', has coordinates that are no numbers"),
    "turned": (
        "第{n}个要素“{name}”的坐标({x}, {y})像是纬度在前，须经度在前",
        "feature {n}, '{name}', at ({x}, {y}) seems to have latitude first; longitude comes first",
    ),
    "metres": (
        "第{n}个要素“{name}”的坐标({x}, {y})不是经纬度，请换成WGS84或GCJ-02",
        "feature {n}, '{name}', at ({x}, {y}) is not in degrees; convert it to WGS 84 or GCJ-02",
    ),
    "outside": ("第{n}个要素“{name}”的坐标({x}, {y})不在中国", "feature {n}, '{name}', at ({x}, {y}) is not in China"),
    "two_areas": (
        "第{n}个要素的名称和编码说的不是同一个地方：{areas}",
        "feature {n} has the name of one county and the code of another: {areas}",
    ),
    "same_outline": ("{one}和{two}的边界完全一样", "{one} and {two} have the very same outline"),
    "area_missing": ("缺少{name}({code})的边界", "the outline of {name} ({code}) is missing"),
    "too_fine": (
        "边界共{n}个点，最多{most}个，请先简化",
        "{n} positions of at most {most}; simplify the outlines first",
    ),
    "too_small": ("{name}的边界太小，画不出来", "the outline of {name} is too small to be drawn"),
    "source_needed": ("请写明地图的来源", "say where the map comes from"),
    "wrong_number": (
        "审图号写成 GS(2024)1234号 或 鲁SG(2024)012号 的样子；没有就不填",
        "a review number looks like 'GS(2024)1234号' or '鲁SG(2024)012号'; leave it empty where there is none",
    ),
}
