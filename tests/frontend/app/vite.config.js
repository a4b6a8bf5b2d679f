import react from "@vitejs/plugin-react";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    react(),
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("liveform-") } } }),
  ],
  build: {
    minify: false,
    rollupOptions: { input: ["index.html", "hash.html", "vue.html", "rendered.html", "plain.html"] },
  },
});
