"""The shipped macros, in the words of the service standards [001][003][004]."""

from dataclasses import dataclass

from tickets.enums import EntryMode, State


@dataclass(frozen=True)
class Preset:
    code: str
    name: str
    body: str
    mode: str = EntryMode.REPLY
    next_state: str = ""
    assign_to_me: bool = False


PRESETS = (
    Preset(
        "greeting",
        "受理问候",
        "{{contact}}，您好。我是客户服务中心值班员{{agent}}，您反映的“{{subject}}”我们已经受理，单号 {{number}}。"
        "我会负责跟进，{{due}}给您答复。",
        assign_to_me=True,
    ),
    Preset(
        "visit_in_three_days",
        "转上门（三天内）",
        "对不起，您的问题电话中无法解决，我们三天内派人上门解决，可以吗？请问这三天内您都在单位吗？"
        "您方便的时间请告诉我们，工程师出发前会再与您联系。",
        next_state=State.WAITING_CUSTOMER,
    ),
    Preset(
        "urgent_visit",
        "当日或次日上门",
        "您的要求我记下了，我请值班经理为您安排。值班经理安排好后，一小时之内会电话通知您。",
    ),
    Preset(
        "please_repeat",
        "请客户补充说明",
        "{{contact}}，您好。为了尽快为您处理“{{subject}}”，请您再说明三点：故障从什么时候开始、当时在进行什么业务、"
        "屏幕上有什么提示。方便的话，请附上现场照片。",
        next_state=State.WAITING_CUSTOMER,
    ),
    Preset(
        "downtime_window",
        "请客户确认停机时间",
        "{{contact}}，您好。处理“{{subject}}”需要短时停机，请您确认一个方便的时间段。操作前我们会先做好数据备份，"
        "完成后请您一起试运行。",
        next_state=State.WAITING_CUSTOMER,
    ),
    Preset(
        "ask_engineer",
        "请工程师确认后答复",
        "{{contact}}，您好。这个问题我请工程师确认，{{due}}回复您。",
    ),
    Preset(
        "parts_ordered",
        "备件已调拨",
        "{{contact}}，您好。经检查需要更换备件，备件已经调拨，到货后我们立即与您约定更换时间。"
        "如影响使用，我们可以先为您提供备用机。",
        next_state=State.WAITING_PARTS,
    ),
    Preset(
        "out_of_warranty",
        "保修期已结束",
        "{{contact}}，您好。设备的保修期已经结束，可按次服务，我们先为您报价，您同意后再安排工程师上门，可以吗？",
        next_state=State.WAITING_CUSTOMER,
    ),
    Preset(
        "late",
        "说明延迟并致歉",
        "{{contact}}，抱歉，单号 {{number}} 的处理比我们承诺的时间晚了。值班经理将与您电话联系，说明原因和新的安排。",
    ),
    Preset(
        "closing_call",
        "结束语与回访",
        "{{contact}}，您好。“{{subject}}”已经处理完成，请您试运行并确认是否正常。部门会安排电话回访，请您对服务态度、"
        "技术水平和处理时间提出意见。今后有问题，请随时打服务热线电话联系，再见。",
    ),
    Preset(
        "visit_note",
        "上门前交底",
        "上门前请确认：1. 服务单上的问题自己能否解决，用户地址是否清楚；2. 挂牌上门，先向联系人核实问题；"
        "3. 动手前先做好用户文档和数据备份；4. 处理后请用户试运行并讲解原因和注意事项；5. 请用户在服务单上签字评价。",
        mode=EntryMode.NOTE,
    ),
)
