import { readReturn } from "liveform-web";
import { createApp, h, onMounted, ref } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";
import Done from "./Done.vue";

// It leaves the cleaning to liveform.js.
const Plain = {
  setup() {
    const status = ref("One moment");
    onMounted(async () => {
      status.value = (await readReturn({ helper: "https://shop.example.com" })).status;
    });
    return () => h("p", { role: "status" }, status.value);
  },
};
const About = { render: () => h("h1", "About") };
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/vue.html", component: location.search.startsWith("?plain") ? Plain : Done },
    { path: "/about", component: About },
  ],
});
const App = { render: () => [h(RouterLink, { to: "/about" }, () => "About"), h(RouterView)] };
createApp(App).use(router).mount("#root");
