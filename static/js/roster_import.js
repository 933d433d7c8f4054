/* Says what happened when the browser would not send the file; without it the page is silent. */
document.addEventListener("htmx:sendError", function () {
  var notice = document.getElementById("notice");
  notice.className = "notice notice-warn";
  notice.setAttribute("role", "alert");
  notice.textContent = "文件没有传上来：可能网络断了，或者选好以后文件又改过。请重新选择文件，再检查一次。";
});
document.addEventListener("htmx:beforeRequest", function () {
  var notice = document.getElementById("notice");
  notice.className = "";
  notice.textContent = "";
});
