"""Running the product: secrets, health."""

TEXTS = {
    "secret_not_rotated": (
        "{name}不能更换：所有密码的存储都依赖它。需要时请逐个重设密码。",
        "{name} cannot be changed: every stored password depends on it. Reset passwords one by one instead.",
    ),
    "secret_from_environment": (
        "{variable}由环境变量给出，不在文件里：请在变量里把新密钥写在旧密钥前面，各占一行，再重启。",
        "{variable} comes from the environment, not from a file: write the new secret before the old one there, "
        "one a line, and start again.",
    ),
    "secret_of_another": (
        "{name}与数据库里的数据不符：这些数据是用另一个密钥做的。请从备份或另一台服务器把它放回{path}。",
        "{name} is not the one the data in this database was made with. "
        "Put it back at {path}, from your backup or from another server.",
    ),
    "secret_rotated_elsewhere": (
        "{name}已在别处更换过：请把另一台服务器的文件复制到{path}，再启动。",
        "{name} has been changed elsewhere: copy the file of the other server to {path}, then start.",
    ),
    "secrets_fit": ("四个密钥都与数据库相符。", "All four secrets are those of this database."),
    "secrets_rotated": (
        "已更换：{names}。把密钥文件复制到其他服务器，再重启所有服务器；已发出的编码和旧的签名仍然有效。",
        "Changed: {names}. Copy the files to the other servers, then restart them all; "
        "codes that are out and older signatures stay valid.",
    ),
}
