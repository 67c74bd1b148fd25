"""The customers of the demonstration: kinds, places and equipment as in the field of after-sales service."""

from dataclasses import dataclass

from customers.enums import Locality, ProductKind

HARD, SOFT = ProductKind.HARDWARE, ProductKind.SOFTWARE
NEAR, FAR = Locality.LOCAL, Locality.REMOTE


@dataclass(frozen=True)
class Place:
    """`key` names it in the stories, as in "ZWFW.k3"."""

    key: str
    name: str
    address: str
    district: str
    locality: Locality
    distance_km: int


@dataclass(frozen=True)
class Unit:
    """A device or system. `accepted` and `warranty` are days before and after the loading, from which to which."""

    key: str
    product: str
    name: str
    site: str
    accepted: int = 300
    warranty: int | None = None


@dataclass(frozen=True)
class Person:
    name: str
    position: str
    login: str
    may_report: bool = True


@dataclass(frozen=True)
class Terms:
    """A contract of one line, under a promise set; `since` and `left` are days before and after the loading."""

    promise_set: str
    title: str
    since: int = 240
    left: int = 490
    site: str = ""
    tell_customer: bool = False


@dataclass(frozen=True)
class Client:
    code: str
    name: str
    short_name: str
    industry: str
    people: tuple[Person, ...]
    sites: tuple[Place, ...]
    units: tuple[Unit, ...]
    contracts: tuple[Terms, ...] = ()
    is_key: bool = False


PRODUCTS = {
    "KT-300": ("自助服务终端 KT-300", HARD),
    "LED-P12": ("LED 小间距显示屏 P1.2", HARD),
    "VC-8000": ("视频会议多点控制单元", HARD),
    "DISP-6": ("融合调度平台", SOFT),
    "SRV-R740": ("机架式服务器", HARD),
    "SW-7706": ("核心交换机", HARD),
    "ST-5300": ("光纤存储阵列", HARD),
    "UPS-40K": ("不间断电源 40 kVA", HARD),
    "OA-5": ("文档一体化系统", SOFT),
    "APPR-3": ("项目审批管理系统", SOFT),
    "CRAWL-4": ("网站信息采集系统", SOFT),
    "EDU-2": ("教育云平台", SOFT),
    "REC-200": ("录播主机", HARD),
    "TERM-110": ("综合接警终端", HARD),
    "IPC-M": ("视频监控系统", HARD),
    "WB-60T": ("电子地磅工控机", HARD),
    "AP-V2": ("车载无线终端", HARD),
    "BOARD-86": ("智慧黑板 86 英寸", HARD),
    "DMS-2": ("食材配送管理系统", SOFT),
    "COLD-IOT": ("冷库温控网关", HARD),
    "PDA-52": ("手持数据终端", HARD),
    "SCALE-30": ("分拣电子秤", HARD),
    "FW-2000": ("边界防火墙", HARD),
    "CARD-7": ("园区一卡通平台", SOFT),
    "VDI-16": ("云桌面一体机", HARD),
    "SCADA-5": ("燃气输配监控系统", SOFT),
}

CLIENTS = (
    Client(
        "ZHZX", "云州市应急指挥中心", "市指挥中心", "应急管理",
        (Person("马建国", "信息科科长", "ma.jianguo"), Person("丁晓燕", "值班长", "ding.xiaoyan")),
        (
            Place("hall", "指挥大厅", "云州市北塔区新华西街 66 号", "北塔区", NEAR, 6),
            Place("spare", "备用指挥所", "望河县滨河大道 12 号", "望河县", FAR, 38),
        ),
        (
            Unit("led", "LED-P12", "指挥大厅 LED 显示屏", "hall", 210, 155),
            Unit("mcu", "VC-8000", "视频会议 MCU", "hall", 210, 155),
            Unit("disp", "DISP-6", "融合调度平台", "hall", 210, 155),
            Unit("spare-disp", "DISP-6", "备用所调度席位", "spare", 120),
        ),
        (Terms("YC24", "指挥中心建设项目质保"),),
        is_key=True,
    ),
    Client(
        "ZWFW", "云州市政务服务中心", "市政务中心", "政务服务",
        (Person("何丽", "大厅管理科科员", "he.li"), Person("冯志远", "信息科工程师", "feng.zhiyuan")),
        (
            Place("hall", "政务服务大厅", "云州市金河区人民路 1 号", "金河区", NEAR, 3),
            Place("east", "河东分中心", "云州市河东区振兴街 88 号", "河东区", NEAR, 15),
        ),
        (
            Unit("k1", "KT-300", "一层 1 号自助终端", "hall", 180, 184),
            Unit("k2", "KT-300", "一层 2 号自助终端", "hall", 180, 184),
            Unit("k3", "KT-300", "一层 3 号窗口自助终端", "hall", 180, 184),
            Unit("k5", "KT-300", "二层 5 号自助终端", "hall", 180, 184),
            Unit("k7", "KT-300", "河东 7 号自助终端", "east", 352, 12),
        ),
        (Terms("HW12", "自助终端采购及保修"),),
        is_key=True,
    ),
    Client(
        "HMZZ", "惠民自助服务运营有限公司", "惠民自助", "自助终端运营",
        (Person("罗海", "运维主管", "luo.hai"), Person("谢婷", "网点管理员", "xie.ting")),
        (
            Place("station", "云州火车站网点", "云州市站前区迎宾路 9 号", "站前区", NEAR, 5),
            Place("plaza", "万象广场网点", "云州市金河区建设路 210 号", "金河区", NEAR, 8),
            Place("shixia", "石峡县政务厅网点", "石峡县府前街 3 号", "石峡县", FAR, 126),
        ),
        (
            Unit("st1", "KT-300", "火车站 1 号自助机", "station"),
            Unit("st2", "KT-300", "火车站 2 号自助机", "station"),
            Unit("wd1", "KT-300", "万象广场 1 号自助机", "plaza"),
            Unit("wd2", "KT-300", "万象广场 2 号自助机", "plaza"),
            Unit("sx1", "KT-300", "石峡县 1 号自助机", "shixia"),
        ),
        (Terms("HW12", "自助机维护服务合同", tell_customer=True),),
    ),
    Client(
        "SYY", "云州市人民医院", "市人民医院", "医疗",
        (Person("沈卫东", "信息中心主任", "shen.weidong"), Person("韩雪", "信息中心工程师", "han.xue")),
        (
            Place("main", "本部", "云州市金河区健康路 20 号", "金河区", NEAR, 9),
            Place("branch", "安西分院", "安西县迎宾大道 101 号", "安西县", FAR, 186),
        ),
        (
            Unit("his", "SRV-R740", "HIS 应用服务器", "main", 500, 595),
            Unit("core", "SW-7706", "门诊楼核心交换机", "main", 500, 595),
            Unit("pacs", "ST-5300", "PACS 影像存储", "main", 500, 595),
            Unit("kiosk", "KT-300", "门诊自助挂号机", "main", 500, 595),
            Unit("ups", "UPS-40K", "中心机房 UPS", "main", 500, 595),
            Unit("br-sw", "SW-7706", "分院核心交换机", "branch", 420, 675),
        ),
        (Terms("TY-ABCD", "医院信息化系统集成售后服务", since=500, left=595),),
        is_key=True,
    ),
    Client(
        "FGW", "临江省发展和改革委员会信息中心", "省发改委信息中心", "政府机关",
        (Person("邓文斌", "应用科副科长", "deng.wenbin"), Person("苏婉", "应用科科员", "su.wan")),
        (Place("office", "机关办公楼", "云州市金河区政府路 8 号", "金河区", NEAR, 11),),
        (
            Unit("appr", "APPR-3", "项目审批管理系统", "office", 700),
            Unit("doc", "OA-5", "文档一体化系统", "office", 400),
            Unit("site", "CRAWL-4", "网站信息采集系统", "office", 400),
        ),
        (Terms("HB2D", "应用软件维护服务合同", since=330, left=765),),
        is_key=True,
    ),
    Client(
        "NYJ", "石峡县农业农村局", "石峡县农业局", "政府机关",
        (Person("高建民", "办公室副主任", "gao.jianmin"),),
        (Place("office", "局机关", "石峡县府前街 15 号", "石峡县", FAR, 132),),
        (Unit("crawl", "CRAWL-4", "农情信息采集系统", "office", 260),),
        (Terms("HB2D", "农情采集系统维护"),),
    ),
    Client(
        "JYJ", "青湖州教育局", "青湖州教育局", "教育",
        (Person("才让", "电教馆馆长", "cai.rang"), Person("祁红梅", "电教馆技术员", "qi.hongmei")),
        (
            Place("office", "电教馆机房", "青湖市湖滨路 40 号", "湖滨区", NEAR, 34),
            Place("school", "第一民族中学", "海晏县学府路 2 号", "海晏县", FAR, 262),
        ),
        (
            Unit("cloud", "EDU-2", "教育云平台", "office", 330),
            Unit("rec", "REC-200", "精品录播教室主机", "school", 330),
        ),
        (Terms("QH5", "教育云平台服务保障"),),
    ),
    Client(
        "GA", "云州市公安局高新区派出所", "高新区派出所", "公安",
        (Person("许刚", "内勤民警", "xu.gang"), Person("梁斌", "指挥室民警", "liang.bin")),
        (Place("station", "派出所办公楼", "云州市高新区科创路 55 号", "高新区", NEAR, 14),),
        (
            Unit("store", "ST-5300", "执法视频存储", "station", 400, 695),
            Unit("term", "TERM-110", "指挥室接警终端", "station", 400, 695),
            Unit("cam", "IPC-M", "办案区视频监控", "station", 400, 695),
        ),
        (Terms("XC30", "智慧警务信息化项目质保", since=400, left=695),),
    ),
    Client(
        "NGJT", "南港港务集团有限公司", "南港集团", "港口物流",
        (Person("林志豪", "信息部经理", "lin.zhihao"), Person("蔡文静", "信息部值班员", "cai.wenjing")),
        (
            Place("dock", "集装箱码头", "南港市保税港区 3 号泊位", "保税港区", FAR, 1180),
            Place("office", "云州办事处", "云州市站前区物流园 2 号楼", "站前区", NEAR, 7),
        ),
        (
            Unit("disp", "SRV-R740", "码头调度服务器", "dock", 260, 835),
            Unit("weigh", "WB-60T", "2 号闸口地磅工控机", "dock", 260, 835),
            Unit("ring", "SW-7706", "码头光纤环网交换机", "dock", 260, 835),
            Unit("radio", "AP-V2", "集卡车载无线终端", "dock", 260, 835),
            Unit("pc", "TERM-110", "办事处业务终端", "office", 260, 835),
        ),
        (Terms("HN48", "码头生产系统设备保修", since=260, left=835),),
        is_key=True,
    ),
    Client(
        "SZ", "云州市第三中学", "市三中", "教育",
        (Person("彭程", "信息技术组组长", "peng.cheng"),),
        (Place("campus", "校本部", "云州市北塔区学院路 18 号", "北塔区", NEAR, 12),),
        (
            Unit("board", "BOARD-86", "高二（5）班智慧黑板", "campus", 90, 1005),
            Unit("radio", "SRV-R740", "校园广播服务器", "campus", 90, 1005),
            Unit("cctv", "IPC-M", "标准化考场监控", "campus", 90, 1005),
        ),
        (Terms("HN58", "教学设备采购及保修", since=90, left=1005),),
    ),
    Client(
        "LYSC", "绿源食材配送有限公司", "绿源配送", "餐饮供应",
        (Person("宋佳", "生产部主管", "song.jia"), Person("唐明", "仓储部主管", "tang.ming")),
        (
            Place("kitchen", "中央厨房", "云州市河东区食品产业园 6 号", "河东区", NEAR, 22),
            Place("cold", "城南冷链仓", "云州市南郊区冷链路 1 号", "南郊区", NEAR, 31),
            Place("west", "西川分仓", "西川市物流大道 300 号", "西川市", FAR, 1420),
        ),
        (
            Unit("sys", "DMS-2", "食材配送管理系统", "kitchen", 200, 530),
            Unit("temp", "COLD-IOT", "中央厨房 2 号冷库温控网关", "kitchen", 200, 530),
            Unit("pda", "PDA-52", "西川分仓手持终端", "west", 200, 530),
            Unit("scale", "SCALE-30", "冷链仓 4 号分拣秤", "cold", 410, -45),
        ),
        (
            Terms("L4", "中央厨房信息化维护", site="kitchen", tell_customer=True),
            Terms("L4", "西川分仓信息化维护", site="west", tell_customer=True),
        ),
    ),
    Client(
        "RJY", "云州软件园发展有限公司", "云州软件园", "园区运营",
        (Person("任杰", "物业信息主管", "ren.jie"), Person("白晓雯", "一卡通管理员", "bai.xiaowen")),
        (
            Place("park", "软件园本部", "云州市高新区软件大道 1 号", "高新区", NEAR, 4),
            Place("anxi", "安西产业园", "安西县工业路 77 号", "安西县", FAR, 192),
        ),
        (
            Unit("fw", "FW-2000", "园区边界防火墙", "park", 150, 580),
            Unit("card", "CARD-7", "园区一卡通平台", "park", 150, 580),
            Unit("cam", "IPC-M", "园区视频监控", "park", 150, 580),
            Unit("gate", "CARD-7", "安西园区门禁", "anxi", 150, 580),
        ),
        (Terms("L4", "园区智能化系统维护"),),
    ),
    Client(
        "RQ", "云州燃气集团有限公司", "云州燃气", "公用事业",
        (Person("石磊", "调度中心主任", "shi.lei"),),
        (
            Place("centre", "调度中心", "云州市北塔区安全路 30 号", "北塔区", NEAR, 16),
            Place("gate", "西岭门站", "西岭县门站村", "西岭县", FAR, 318),
        ),
        (
            Unit("scada", "SCADA-5", "输配监控系统", "centre", 1070, 21),
            Unit("station", "SCADA-5", "西岭门站监控", "gate", 1070, 21),
        ),
        (Terms("TY-ABCD", "燃气监控系统集成维护", since=1070, left=21),),
    ),
    Client(
        "WS", "安西县卫生健康局", "安西县卫健局", "卫生",
        (Person("田野", "急救中心站长", "tian.ye"),),
        (Place("centre", "120 急救调度中心", "安西县健康路 5 号", "安西县", FAR, 186),),
        (Unit("desk", "DISP-6", "120 急救调度台", "centre", 100, 265),),
        (Terms("YC24", "急救指挥调度系统质保", since=100, left=265),),
    ),
    Client(
        "ZYXY", "云州职业技术学院", "云州职院", "教育",
        (Person("卢颖", "实训中心主任", "lu.ying"),),
        (Place("lab", "实训楼", "云州市南郊区职教路 9 号", "南郊区", NEAR, 18),),
        (Unit("vdi", "VDI-16", "机房云桌面", "lab", 800),),
    ),
)  # fmt: skip
