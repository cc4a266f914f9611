package io.halftone.tensorrt.internal;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IEngineInspector;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IRuntime;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.bytedeco.tensorrt.nvonnxparser.IParser;

/**
 * Deletes what TensorRT's create functions return. The binding has each class's virtual destructor, but ties it only to
 * objects that Java made: one such object of each class, which is empty and kept, lends it to all others. A parser's class is
 * abstract, and nothing lends its destructor: for the call alone it is put where a lender has its own in the table of
 * virtual functions, which the destructor, as every one of a derived class, begins with setting anew.
 */
final class Destructors {
    /** The places of destructors that free their objects, as the Itanium C++ ABI orders them after the declarations of TensorRT 10. */
    private static final int PARSER_PLACE = 9;
    private static final int USUAL_PLACE = 1;
    private static final long WORD = Long.BYTES;
    /** Kept for as long as the process lives: with a lender that is collected, its destructor is gone. */
    private static final Map<Class<?>, Pointer> LENDERS = new HashMap<>();

    private Destructors() {}

    /** Deletes an object of one of the classes that {@link #lender} makes; does nothing with null. */
    static synchronized void delete(Pointer object) {
        if (object == null || object.isNull()) {
            return;
        }
        if (object instanceof IParser) {
            try (var table = new LongPointer(USUAL_PLACE + 1L)) {
                LongPointer own = new LongPointer(new Cuda.Address(object.address()));
                table.put(USUAL_PLACE, new LongPointer(new Cuda.Address(own.get() + PARSER_PLACE * WORD)).get());
                own.put(table.address());
                delete(new IHostMemory(object));
            }
            object.setNull();
            return;
        }
        try {
            Object lent = deallocator(LENDERS.computeIfAbsent(object.getClass(), absent -> lender(object)));
            Method function = lent.getClass().getMethod("deallocatorAddress");
            function.setAccessible(true);
            Method call = lent.getClass().getDeclaredMethod("deallocate", long.class, long.class);
            call.setAccessible(true);
            long destructor = (long) function.invoke(lent);
            if (destructor == 0) {
                throw new IllegalStateException("JavaCPP: found no destructor of " + object.getClass().getName() + "; expected one");
            }
            call.invoke(lent, object.address(), destructor);
            object.setNull();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("JavaCPP: found " + e + "; expected deallocators as in version 1.5.13", e);
        }
    }

    private static Object deallocator(Pointer made) throws ReflectiveOperationException {
        Method deallocator = Pointer.class.getDeclaredMethod("deallocator");
        deallocator.setAccessible(true);
        return deallocator.invoke(made);
    }

    private static Pointer lender(Pointer like) {
        Pointer lender;
        if (like instanceof IHostMemory) {
            lender = new IHostMemory();
        } else if (like instanceof IBuilderConfig) {
            lender = new IBuilderConfig();
        } else if (like instanceof INetworkDefinition) {
            lender = new INetworkDefinition();
        } else if (like instanceof IBuilder) {
            lender = new IBuilder();
        } else if (like instanceof ITimingCache) {
            lender = new ITimingCache();
        } else if (like instanceof IRuntime) {
            lender = new IRuntime();
        } else if (like instanceof ICudaEngine) {
            lender = new ICudaEngine();
        } else if (like instanceof IExecutionContext) {
            lender = new IExecutionContext();
        } else if (like instanceof IEngineInspector) {
            lender = new IEngineInspector();
        } else {
            throw new IllegalArgumentException("object: found " + like.getClass() + "; expected one of TensorRT's that is deleted");
        }
        return lender.retainReference();
    }
}
