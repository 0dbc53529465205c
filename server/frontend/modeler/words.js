// What the canvas says: bpmn-js-i18n's Chinese, and our own words where it has none or where officials say otherwise.
import canvasWords from "bpmn-js-i18n/translations/zn";

const OURS = {
  "Activate create/remove space tool": "腾挪空间：整体移动一侧的图形",
  "Activate global connect tool": "连线",
  "Activate hand tool": "移动画布",
  "Activate lasso tool": "框选",
  "Add lane above": "在上方增加泳道",
  "Add lane below": "在下方增加泳道",
  "Add text annotation": "添加批注",
  "Align elements": "对齐",
  "Align elements bottom": "下对齐",
  "Align elements center": "水平居中",
  "Align elements left": "左对齐",
  "Align elements middle": "垂直居中",
  "Align elements right": "右对齐",
  "Align elements top": "上对齐",
  "Append receive task": "添加接收任务",
  "Call activity": "引用流程",
  "Change element": "更改类型",
  "Close minimap": "收起缩略图",
  "Connect to other element": "连接到其他图形",
  "Connect using association": "连接批注",
  "Default flow": "默认流向",
  Delete: "删除",
  "Distribute elements horizontally": "水平等距",
  "Distribute elements vertically": "垂直等距",
  "Divide into three lanes": "分成三条泳道",
  "Divide into two lanes": "分成两条泳道",
  "Event-based gateway": "事件网关",
  "Exclusive gateway": "排他网关",
  "Message boundary event": "消息边界事件",
  "Message intermediate catch event": "等待消息",
  "No matching entries": "没有可用的类型",
  "No results found": "没有找到",
  "Open minimap": "缩略图",
  "Parallel gateway": "并行网关",
  "Receive task": "接收任务",
  "Search in diagram": "在图中查找",
  "Sequence flow": "普通流向",
  "Service task": "服务任务（系统自动）",
  "Sub-process (expanded)": "子流程",
  "Timer boundary event": "定时边界事件",
  "Timer intermediate catch event": "等待时限",
  "User task": "人工任务",
};
const WORDS = { ...canvasWords, ...OURS };

function translate(template, replacements = {}) {
  return (WORDS[template] ?? template).replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`);
}

export default { translate: ["value", translate] };
