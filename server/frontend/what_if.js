// Draws 调整前 and 调整后 by type. Reads
//   <script type="application/json" data-what-if-chart>[{"name", "old", "new"}]</script>  (money as text in yuan);
// the table below says the same in figures.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const BEFORE = "#a9b8b0";
const AFTER = "#1f7a4d";
const yuan = (amount) => `${Number(amount).toLocaleString("zh-CN")}元`;
const inTenThousands = (amount) => (amount ? `${(amount / 10_000).toLocaleString("zh-CN")}万` : "0");

const script = document.querySelector("script[data-what-if-chart]");
if (script) draw(script);

function draw(script) {
  const rows = JSON.parse(script.textContent);
  const holder = document.createElement("div");
  holder.className = "what-if-chart";
  holder.style.height = `${rows.length * 56 + 88}px`;
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", `按支持事项对比：${rows.map((row) => `${row.name}${yuan(row.old)}→${yuan(row.new)}`).join("，")}`);
  script.after(holder);
  const chart = echarts.init(holder);
  chart.setOption(options(rows, getComputedStyle(document.body).fontFamily));
  new ResizeObserver(() => chart.resize()).observe(holder);
}

function options(rows, fontFamily) {
  return {
    animation: false,
    textStyle: { fontFamily },
    legend: { left: 0, top: 0, itemWidth: 14, data: ["调整前", "调整后"] },
    grid: { left: 0, right: 24, top: 40, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true, valueFormatter: yuan },
    xAxis: { type: "value", splitNumber: 3, axisLabel: { formatter: inTenThousands, hideOverlap: true } },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => row.name),
      axisTick: { show: false },
      axisLabel: { width: 110, overflow: "break", color: "#1c2a24" },
    },
    series: [
      series("调整前", BEFORE, rows.map((row) => Number(row.old))),
      series("调整后", AFTER, rows.map((row) => Number(row.new))),
    ],
  };
}

function series(name, color, data) {
  return { name, type: "bar", data, barMaxWidth: 14, barGap: "20%", itemStyle: { color } };
}
