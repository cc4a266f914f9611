package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ForwardingOpsTest {
    private record Call(Method method, Object[] arguments) {}

    private final List<Call> calls = new ArrayList<>();
    private Object answer;

    /** A method added to Ops, with a default or without, must be handed on as well, or a decorator would bypass its target. */
    @TestFactory
    Stream<DynamicTest> handsOnEveryOperation() {
        return Arrays.stream(Ops.class.getMethods()).map(method -> DynamicTest.dynamicTest(method.toGenericString(), () -> {
            assertEquals(ForwardingOps.class, ForwardingOps.class.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass());
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = argument(method.getParameterTypes()[i], i);
            }
            calls.clear();
            answer = method.getReturnType() == Object.class ? new Object() : argument(method.getReturnType(), 20);
            Object result = method.invoke(forwarding(), arguments);
            assertSame(answer, result);
            assertEquals(1, calls.size());
            assertEquals(method, calls.get(0).method());
            for (int i = 0; i < arguments.length; i++) {
                if (method.getParameterTypes()[i].isPrimitive()) {
                    assertEquals(arguments[i], calls.get(0).arguments()[i]);
                } else {
                    assertSame(arguments[i], calls.get(0).arguments()[i]);
                }
            }
        }));
    }

    private Ops<Object> forwarding() {
        @SuppressWarnings("unchecked")
        Ops<Object> target = (Ops<Object>) Proxy.newProxyInstance(Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (proxy, method, arguments) -> {
            calls.add(new Call(method, arguments == null ? new Object[0] : arguments));
            return answer;
        });
        return new ForwardingOps<>(target) { };
    }

    /** A value of the type that differs from place to place. */
    private static Object argument(Class<?> type, int place) {
        Map<Class<?>, Object> values = Map.ofEntries(
            Map.entry(Object.class, new Object()), Map.entry(Blocks.class, new Blocks(Blocks.Element.E2M1, 1 + place, Blocks.Scale.E4M3)),
             Map.entry(String.class, "name" + place), Map.entry(int.class, 100 + place),
            Map.entry(long.class, 200L + place), Map.entry(double.class, 0.5 + place), Map.entry(boolean.class, true),
            Map.entry(int[].class, new int[] {place}), Map.entry(float[].class, new float[] {place}), Map.entry(DType.class, DType.values()[place % 8]),
            Map.entry(Shape.class, Shape.of(place)), Map.entry(Dim.class, Dim.of(place)), Map.entry(List.class, List.of(place)),
            Map.entry(Map.class, Map.of("place", place)), Map.entry(Supplier.class, (Supplier<Object>) () -> place),
            Map.entry(Layer.Linear.class, new Layer.Linear("l", Role.QKV, 1, 2, true)),
            Map.entry(Layer.Conv.class, new Layer.Conv("c", Role.INPUT, 1, 2, 3, 1, 1, true)),
            Map.entry(Layer.Attention.class, new Layer.Attention("a", Role.ATTENTION, 1, 2, 1, false)));
        return assertNotNullOf(type, values.get(type));
    }

    private static Object assertNotNullOf(Class<?> type, Object value) {
        assertNotNull(value, () -> "no sample of " + type);
        return value;
    }
}
