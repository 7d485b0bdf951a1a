export { type DrawPngOptions, drawPng } from "./png/draw-png.js";
