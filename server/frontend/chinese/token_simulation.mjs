// The token simulation (令牌模拟) has no translate hook.
const BASE = "bpmn-js-token-simulation/lib/features";

export default {
  [`${BASE}/toggle-mode/modeler/ToggleMode.js`]: { "Token Simulation": "令牌模拟" },
  [`${BASE}/toggle-mode/viewer/ToggleMode.js`]: { "Token Simulation": "令牌模拟" },
  [`${BASE}/log/Log.js`]: {
    "Simulation Log": "模拟记录",
    "Toggle Simulation Log": "显示或隐藏模拟记录",
    "No Entries": "尚无记录",
    Close: "关闭",
    Process: "流程",
    SubProcess: "子流程",
    started: "开始",
    finished: "结束",
    canceled: "取消",
    "Service Task": "服务任务",
    "User Task": "人工任务",
    "Call Activity": "引用流程",
    "Receive Task": "接收任务",
    "Exclusive Gateway": "排他网关",
    "Parallel Gateway": "并行网关",
    "Start Event": "开始",
    "Intermediate Event": "等待事件",
    "Boundary Event": "边界事件",
    "End Event": "结束",
  },
  [`${BASE}/pause-simulation/PauseSimulation.js`]: {
    "Play/Pause Simulation": "继续或暂停",
    "Pause Simulation": "已暂停",
    "Play Simulation": "继续模拟",
  },
  [`${BASE}/reset-simulation/ResetSimulation.js`]: { "Reset Simulation": "重新开始模拟" },
  [`${BASE}/set-animation-speed/SetAnimationSpeed.js`]: {
    "Set animation speed =": "速度：",
    "'Slow'": "'慢'",
    "'Normal'": "'正常'",
    "'Fast'": "'快'",
  },
  [`${BASE}/context-pads/handler/ExclusiveGatewayHandler.js`]: { "Set Sequence Flow": "换一条流向" },
  [`${BASE}/context-pads/handler/InclusiveGatewayHandler.js`]: { "Set Sequence Flow": "换一条流向" },
  [`${BASE}/context-pads/handler/TriggerHandler.js`]: { "Trigger Event": "触发" },
  [`${BASE}/context-pads/handler/PauseHandler.js`]: {
    "'Remove'": "'取消'",
    "'Add'": "'设为'",
    "pause point": "暂停点",
  },
  [`${BASE}/element-support/ElementSupport.js`]: {
    "Found unsupported elements": "有不能模拟的图形",
    "Not supported": "不能模拟",
  },
  [`${BASE}/show-scopes/ShowScopes.js`]: { "Focus process instance": "只看流程实例" },
};
