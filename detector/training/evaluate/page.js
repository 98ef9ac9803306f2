// Expected precision for the share that the reader sets; the table on the page says the same without this script.
(() => {
  const form = document.getElementById("prevalence");
  if (!form) return;
  const [number, slider] = form.querySelectorAll("input");
  const rate = form.querySelector("select");
  const show = () => {
    const share = Math.min(Math.max(number.value / 100, 0), 1);
    const found = Number(form.dataset[rate.value]), alarms = Number(form.dataset.alarms);
    const right = share * found, wrong = (1 - share) * alarms;
    const precision = right + wrong > 0 ? `${(100 * right / (right + wrong)).toFixed(1)}%` : "none";
    form.querySelector("output").textContent =
      `${precision} of the flags are right; ${(1000 * wrong).toFixed(1)} of 1,000 articles are accused wrongly`;
  };
  number.addEventListener("input", () => { slider.value = Math.log10(number.value / 100); show(); });
  slider.addEventListener("input", () => { number.value = (100 * 10 ** slider.value).toPrecision(3); show(); });
  rate.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  slider.value = Math.log10(number.value / 100);
  form.hidden = false;
  show();
})();
