package io.halftone.tensorrt.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.tensorrt.nvinfer.IProfiler;

/**
 * The times of an engine's layers, added up. The binding has no way for Java to be a profiler, so that this makes an object of C++ by
 * hand: a table with one function, which comes back to Java through Java 17's foreign linker. Needs {@code --add-modules
 * jdk.incubator.foreign --enable-native-access=ALL-UNNAMED}; its classes are not there when this is compiled.
 */
final class LayerTimes {
    private static final String PACKAGE = "jdk.incubator.foreign.";

    private final Map<String, Double> millis = new LinkedHashMap<>();
    private final LongPointer table = new LongPointer(4L);
    private final LongPointer object = new LongPointer(1L);

    LayerTimes() throws ReflectiveOperationException {
        for (int i = 0; i < table.capacity(); i++) {
            table.put(i, 0);                  // destructors, which nobody calls
        }
        table.put(0, stub());
        object.put(table.address());
    }

    /** For {@link TensorRtEngine#profile}; this has to stay reachable as long as it is used. */
    IProfiler profiler() {
        return new IProfiler(object);
    }

    /** Milliseconds by layer, in the order of their first run. */
    Map<String, Double> millis() {
        return millis;
    }

    /** Called by TensorRT: {@code reportLayerTime(this, layerName, ms)}. */
    private void report(Object self, Object name, float time) throws ReflectiveOperationException {
        long address = (long) Class.forName(PACKAGE + "MemoryAddress").getMethod("toRawLongValue").invoke(name);
        millis.merge(new BytePointer(new Cuda.Address(address)).getString(), (double) time, Double::sum);
    }

    private long stub() throws ReflectiveOperationException {
        Class<?> linker = Class.forName(PACKAGE + "CLinker");
        Class<?> address = Class.forName(PACKAGE + "MemoryAddress");
        Class<?> layout = Class.forName(PACKAGE + "MemoryLayout");
        Class<?> descriptor = Class.forName(PACKAGE + "FunctionDescriptor");
        Class<?> scope = Class.forName(PACKAGE + "ResourceScope");
        Object pointer = linker.getField("C_POINTER").get(null);
        Object layouts = Array.newInstance(layout, 3);
        Array.set(layouts, 0, pointer);
        Array.set(layouts, 1, pointer);
        Array.set(layouts, 2, linker.getField("C_FLOAT").get(null));
        Object function = descriptor.getMethod("ofVoid", layouts.getClass()).invoke(null, layouts);
        MethodHandle target = MethodHandles.lookup().bind(this, "report", MethodType.methodType(void.class, Object.class, Object.class, float.class))
            .asType(MethodType.methodType(void.class, address, address, float.class));
        Object stub = linker.getMethod("upcallStub", MethodHandle.class, descriptor, scope).invoke(linker.getMethod("getInstance").invoke(null), target,
            function, scope.getMethod("globalScope").invoke(null));
        return (long) address.getMethod("toRawLongValue").invoke(stub);
    }

    /** Reports one time to itself, the way TensorRT does: shows that the linker is there. */
    void check() {
        profiler().reportLayerTime("check", 1.5f);
        Double told = millis.remove("check");
        if (told == null || told != 1.5) {
            throw new IllegalStateException("profiler: found " + told + "; expected 1.5 ms of a call to itself");
        }
    }
}
