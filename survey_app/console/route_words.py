"""What every route is for, in a few words, for the page that shows who may open it. One line per route."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ROUTE_WORDS = {
    "home": _("概览"), "own_page": _("自己的账号"), "own_page_save": _("改自己的姓名和语言"),
    "end_sessions": _("退出自己的其他设备"), "kept_form": _("继续提交登录过期时的表单"), "matrix_page": _("查看各角色的权限"),
    # surveys
    "survey_list": _("查看调查"), "survey_page": _("查看调查"), "new_survey": _("新建调查"), "set_state": _("开放、暂停、结束、归档"),
    "survey_check": _("开放前检查"), "survey_settings": _("改调查设置"), "survey_clone": _("另立下一轮"),
    "areas_page": _("查看地区"), "areas_import": _("导入地区"), "survey_sites": _("查看调查点"),
    "sites_import": _("导入调查点"), "import_template": _("下载空白表"), "survey_plan": _("查看方案"),
    "save_plan": _("改方案"), "plan_version": _("查看方案版本"), "plan_file": _("下载方案"), "margins_import": _("导入人口结构"),
    "questionnaire_list": _("查看问卷"), "questionnaire_upload": _("上传问卷"), "questionnaire_page": _("查看问卷"),
    "questionnaire_preview": _("预览问卷"), "questionnaire_file": _("下载问卷"), "survey_questionnaire": _("查看调查用的问卷"),
    "choose_questionnaire": _("换问卷"), "posters": _("打印二维码"), "site_qr": _("二维码"), "posters_zip": _("全部海报"),
    "site_poster": _("海报"),
    "posters_print": _("打印二维码"), "make_posters": _("生成全部海报"),
    # fieldwork
    "fieldwork_page": _("现场进度"), "fieldwork_part": _("现场进度"), "responses_page": _("查看应答"), "response_page": _("查看一份应答"),
    "flag_response": _("标记应答或取消标记"), "flags_page": _("查看疑问标记"), "lift_listed": _("批量取消标记"),
    "look_for_flags": _("查找可疑应答"), "access_page": _("查看填答入口"), "set_access": _("改填答入口"),
    "set_least": _("改最小公布单元"), "site_access": _("查看一个点的入口"), "change_site_access": _("换编码、停用或恢复调查点"),
    "site_work": _("一个点的现场工作"), "draw_for_site": _("为调查点生成邀请码"), "reissue_codes": _("重新生成邀请码"),
    "record_outcomes": _("登记访问结果"), "paper_forms": _("下载纸质问卷"), "invitations_page": _("查看邀请码"),
    "draw_invitations": _("生成邀请码"), "reopen_invitation": _("重新打开邀请码"), "paper_page": _("查看纸质问卷"),
    "key_paper": _("录入纸质问卷"), "settle_paper": _("裁定两次录入的差异"), "discard_paper": _("放弃录入"),
    "devices_page": _("查看访问员平板"), "make_device_here": _("登记本机为平板"), "make_device_link": _("登记平板"),
    "revoke_device": _("收回平板"), "response_import_page": _("查看应答导入"), "response_template": _("下载应答空白表"),
    "check_responses": _("检查应答文件"), "store_responses": _("存入应答"),
    # estimates
    "new_run": _("重新估计并评分"), "estimate_page": _("查看估计"), "estimate_report_file": _("下载估计报告"),
    "job_page": _("查看后台任务"), "job_state": _("查看后台任务"), "cancel_job": _("停止后台任务"),
    "estimates_page": _("查看估计"), "survey_estimates": _("查看一项调查的估计"), "compare_page": _("比较两次估计"),
    "propose_estimate": _("提交估计审批"), "settle_estimate": _("批准或退回估计"), "withdraw_estimate": _("撤回估计"),
    "verify_estimate": _("重新计算估计"), "scenario_save": _("保存假设方案"), "scenario_list": _("查看假设方案"),
    "scenario_page": _("查看一个假设方案"), "score_list": _("查看评分"),
    # indicator values
    "values_page": _("查看指标数值"), "overdue_page": _("查看逾期"), "submit_values": _("报送指标数值"), "value_page": _("查看一个指标"),
    "value_history": _("查看指标历史"), "save_value": _("填写指标数值"), "submit_value": _("报送一个指标"),
    "withdraw_value": _("撤回报送"), "attach_evidence": _("附佐证材料"), "evidence_file": _("下载佐证材料"),
    "remove_evidence": _("删除佐证材料"), "value_workbook": _("下载指标表"), "import_values": _("导入指标表"),
    "import_preview": _("核对要导入的指标"), "confirm_import": _("确认导入指标"), "assignments_list": _("查看牵头部门"),
    "assignments_page": _("查看牵头部门"), "save_assignments": _("确定牵头部门"), "assignments_workbook": _("下载分工表"),
    "import_assignments": _("导入分工表"), "assignments_preview": _("核对分工表"), "confirm_assignments": _("确认分工表"),
    "verification_queue": _("查看待核验指标"), "verify_values": _("批量核验"), "verify_value": _("核验指标"),
    "periods_page": _("查看填报周期"), "make_period": _("新建填报周期"), "change_period": _("改填报周期"),
    "extend_deadline": _("延长填报期限"),
    # scores
    "live_scorecards": _("现时评分"), "live_scorecard_page": _("现时评分表"), "score_page": _("查看评分表"),
    "score_report": _("下载评分报告"), "batch_page": _("查看排名与目标"), "batch_report_file": _("下载评分总报告"),
    "ahead_page": _("提升与展望"), "assessment_list": _("查看自评"), "assessment_page": _("查看自评"),
    "assessment_accept": _("列入整改"), "rectification_page": _("查看整改"), "rectification_list": _("下载整改清单"),
    "rectification_item": _("查看整改事项"), "rectification_file": _("下载整改材料"), "rectification_progress": _("写整改进展"),
    "rectification_verify": _("核验销号"), "rectification_change": _("改整改事项"), "final_list": _("查看最终评分"),
    "final_make": _("进行最终评分"), "final_page": _("查看一次最终评分"), "final_sign_off": _("签署最终评分"),
    "final_report": _("下载最终评分报告"),
    # citizens' tickets
    "tickets_page": _("查看问题工单"), "ticket_figures": _("查看办理统计"), "ticket_page": _("查看一件工单"),
    "ticket_photo": _("查看工单照片"), "ticket_reply": _("答复市民"), "ticket_pass": _("转办工单"), "ticket_draft": _("起草答复"),
    "ticket_reveal": _("查看市民联系方式"), "ticket_publish": _("公开工单"), "ticket_coordinate": _("协调工单"),
    "ticket_decide": _("决定工单"),
    # office
    "accounts_page": _("查看账号"), "account_page": _("查看一个账号"), "account_new": _("新建账号"), "account_create": _("新建账号"),
    "grant_give": _("授予权限"), "grant_take": _("收回权限"), "account_active": _("停用或恢复账号"),
    "account_password": _("重置密码"), "account_factor": _("重置第二重验证"), "accounts_import": _("导入账号"),
    "accounts_template": _("下载账号空白表"), "accounts_check": _("检查账号文件"), "accounts_store": _("确认导入账号"),
    "accounts_done": _("账号导入结果"), "accounts_passwords": _("下载一次性密码"), "audit_page": _("查看审计记录"),
    "audit_export": _("导出审计记录"), "audit_check": _("核对审计记录"),
}  # fmt: skip


def words_for(endpoint: str) -> str:
    """What the route is for; its own name where it has no words yet."""
    name = endpoint.removeprefix("console.")
    return str(ROUTE_WORDS.get(name, name))
