// Dawn's compiler, without any driver, accepts every WGSL body and its pipeline. The bodies that
// run anywhere must do with the default limits and no feature; variants may use all there is.

import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { create } from "webgpu";
import type { Body, Kernel, Variant } from "../../shell/kernels/kernel.ts";

type AnyBody = Body<Record<string, "u32" | "f32">>;

const folder = new URL("../../shell/kernels/", import.meta.url);
const kernels: Kernel[] = [];
for (const file of readdirSync(folder).sort()) {
  // One that cannot be loaded fails in kernels.test.ts.
  const exports = await import(new URL(file, folder).href).catch(() => ({}));
  for (const value of Object.values<Kernel | undefined>(exports)) {
    if (typeof value === "object" && value.wgsl && value.buffers) kernels.push(value);
  }
}

// Held here, because Dawn must not lose its instance.
const gpu: GPU = create(["backend=null"]);
const COMPUTE = 4;

/** Sizes at which the values of `override` constants are tried. */
const SIZES = [1, 64, 10_000];

async function open(everything: boolean): Promise<GPUDevice> {
  const adapter = (await gpu.requestAdapter())!;
  if (!everything) return await adapter.requestDevice();
  const limits: Record<string, number> = {};
  for (
    const name of [
      "maxComputeWorkgroupStorageSize",
      "maxComputeInvocationsPerWorkgroup",
      "maxComputeWorkgroupSizeX",
    ] as const
  ) limits[name] = adapter.limits[name];
  const features = ["subgroups", "shader-f16"] as GPUFeatureName[];
  return await adapter.requestDevice({ requiredLimits: limits, requiredFeatures: features });
}

/** The bindings that the device makes from a declaration. */
function layout(device: GPUDevice, kernel: Kernel): GPUPipelineLayout {
  const types = Object.values(kernel.buffers).map(({ access }): GPUBufferBindingType =>
    access === "read" ? "read-only-storage" : "storage"
  );
  const entries = [...types, "uniform" as const].map((type, binding) => ({
    binding,
    visibility: COMPUTE,
    buffer: { type },
  }));
  return device.createPipelineLayout({
    bindGroupLayouts: [device.createBindGroupLayout({ entries })],
  });
}

/** Compiles a body; fails with every message of the compiler, warnings too. */
async function lint(device: GPUDevice, kernel: Kernel, body: AnyBody, enable = ""): Promise<void> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code: enable + body.wgsl });
  const { messages } = await module.getCompilationInfo();
  const above = enable ? 1 : 0;
  const lines = messages.map((m) => `${m.type}, line ${m.lineNum - above}: ${m.message}`);
  await device.popErrorScope();
  assert.ok(lines.length === 0, lines.join("\n"));
  const seen = new Set<string>();
  for (const size of SIZES) {
    const params = Object.fromEntries(Object.keys(kernel.params).map((name) => [name, size]));
    const constants = body.constants?.(params) ?? {};
    if (seen.has(JSON.stringify(constants))) continue;
    seen.add(JSON.stringify(constants));
    device.pushErrorScope("validation");
    device.createComputePipeline({
      layout: layout(device, kernel),
      compute: { module, entryPoint: "main", constants },
    });
    const error = await device.popErrorScope();
    assert.ok(!error, `${error?.message} with constants ${JSON.stringify(constants)}`);
  }
}

const test = suite("WGSL lint");
const plain = await open(false);
const full = await open(true);

for (const kernel of kernels) {
  test(kernel.name, () => lint(plain, kernel, kernel));
  for (const [key, variant] of Object.entries<Variant<never>>(kernel.variants ?? {})) {
    const enable = variant.subgroups ? "enable subgroups;\n" : "";
    test(`${kernel.name}, ${key}`, () => lint(full, kernel, variant as AnyBody, enable));
  }
}

test("refuses a wrong body", async () => {
  const [kernel] = kernels;
  const wrong = [
    [kernel.wgsl.replace("fn main", "fn other"), "main"],
    [`${kernel.wgsl}\nfn f() -> f32 { return 1u; }`, "error, line"],
    [kernel.wgsl.replace("@binding(0)", "@binding(7)"), "inding"],
  ];
  for (const [wgsl, message] of wrong) {
    const error = await lint(plain, kernel, { ...kernel, wgsl }).catch((e: Error) => e);
    assert.instance(error, Error);
    assert.match((error as Error).message, message);
  }
});

test.after(() => {
  plain.destroy();
  full.destroy();
});
test.run();
