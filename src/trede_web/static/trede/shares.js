// The table of shares: what each key comes to of the whole, while somebody types. Without this file the check shows the shares.

const table = document.querySelector("[data-shares]");
const whole = document.querySelector("#f-whole");
const language = document.documentElement.lang;
const decimal = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percent = (part) => `${decimal.format(100 * part)}${language === "nl" ? "\u00a0" : ""}%`;
const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 9 });

/** A number as people write it: the last of point and comma is the decimal sign. Nothing when it is none. */
function read(text) {
  const bare = text.replace(/[\s\u00a0\u202f']/g, "");
  if (!/^\d[\d.,]*$/.test(bare)) return null;
  const sign = Math.max(bare.lastIndexOf("."), bare.lastIndexOf(","));
  const value = sign < 0 ? bare : `${bare.slice(0, sign).replace(/[.,]/g, "")}.${bare.slice(sign + 1)}`;
  return Number(value);
}

function show() {
  const rows = [...table.tBodies[0].rows];
  const keys = rows.map((row) => read(row.querySelector("[name=amount]").value));
  const sum = keys.reduce((total, key) => total + (key ?? 0), 0);
  const all = read(whole.value) ?? sum;
  const share = (key) => (key === null || !all ? "–" : percent(key / all));
  rows.forEach((row, at) => { row.querySelector("[data-share]").value = share(keys[at]); });
  table.querySelector("[data-left]").value = share(all > sum ? all - sum : null);
  table.querySelector("[data-sum]").value = all ? plain.format(all) : "–";
  table.querySelector("[data-all]").value = all ? percent(Math.max(all, sum) / all) : "–";
}

table.addEventListener("input", show);
whole.addEventListener("input", show);
show();
