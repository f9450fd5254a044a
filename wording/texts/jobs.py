"""What is said of jobs."""

TEXTS = {
    "something_went_wrong_on": ("系统出错，任务没有完成，什么也没有保存 #{id}", "something went wrong on our side; nothing was stored #{id}"),
    "worker_broke_off_times": ("执行任务的程序中断了{attempts}次，任务没有完成", "the worker broke off {attempts} times; nothing was stored"),
}
