/** GLSL of the map's points: places between two maps, seven shapes. */

/** Groups that have a colour of their own on the device; the next ones begin again. */
export const PALETTE = 70;

/** Mixes the two places of a point, and gives it the colour of its group. */
export const VERTEX = `#version 300 es
layout(location = 0) in vec2 before;
layout(location = 1) in vec2 after;
layout(location = 2) in float group;
layout(location = 3) in float weight;
uniform vec4 view;
uniform float mixing;
uniform float size;
uniform vec4 palette[${PALETTE + 1}];
out vec4 colour;
flat out int shape;
void main() {
  vec2 place = mix(before, after, mixing);
  gl_Position = vec4(place * view.xy + view.zw, 0.0, 1.0);
  int index = group < 0.0 ? ${PALETTE} : int(group) % ${PALETTE};
  colour = palette[index];
  colour.a *= weight;
  shape = group < 0.0 ? 4 : index % 7;
  gl_PointSize = weight > 1.0 ? size * 1.8 : size;
  if (colour.a == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

/** Cuts the square of a point to its shape: circle, triangle, square, diamond, cross, star, wye. */
export const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
flat in int shape;
out vec4 pixel;
float distanceOf(vec2 p) {
  vec2 a = abs(p);
  if (shape == 0) return length(p) - 0.85;
  if (shape == 1) return max(a.x * 0.866 - p.y * 0.5, p.y) - 0.5;
  if (shape == 2) return max(a.x, a.y) - 0.75;
  if (shape == 3) return a.x + a.y - 0.95;
  if (shape == 4) return max(min(a.x, a.y) - 0.3, max(a.x, a.y) - 0.9);
  if (shape == 5) return length(p) - (0.6 + 0.35 * cos(5.0 * atan(p.x, -p.y)));
  return length(p) - (0.6 + 0.35 * cos(3.0 * atan(p.x, -p.y)));
}
void main() {
  float d = distanceOf(gl_PointCoord * 2.0 - 1.0);
  float edge = fwidth(d);
  float cover = 1.0 - smoothstep(-edge, edge, d);
  if (cover <= 0.0) discard;
  float alpha = min(1.0, colour.a) * cover;
  pixel = vec4(colour.rgb * alpha, alpha);
}`;
