import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";
import Done from "./Done.vue";

const About = { render: () => h("h1", "About") };
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/vue.html", component: Done },
    { path: "/about", component: About },
  ],
});
const App = { render: () => [h(RouterLink, { to: "/about" }, () => "About"), h(RouterView)] };
createApp(App).use(router).mount("#root");
