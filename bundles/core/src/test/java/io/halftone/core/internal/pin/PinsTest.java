package io.halftone.core.internal.pin;

import org.apache.felix.framework.FrameworkFactory;

/** In Apache Felix. */
class PinsTest extends PinsContract {
    PinsTest() {
        super(new FrameworkFactory());
    }

    @Override
    boolean closes(End end) {
        return true;
    }
}
