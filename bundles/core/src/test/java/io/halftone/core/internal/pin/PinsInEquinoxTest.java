package io.halftone.core.internal.pin;

import java.net.URL;
import java.net.URLClassLoader;
import org.eclipse.osgi.launch.EquinoxFactory;
import org.osgi.framework.launch.FrameworkFactory;

/** In Eclipse Equinox, by a class loader of its own: Felix is on the class path too, and each has its version of the same resolver. */
class PinsInEquinoxTest extends PinsContract {
    PinsInEquinoxTest() throws ReflectiveOperationException {
        super(factory());
    }

    @Override
    boolean closes(End end) {
        return end != End.REFRESH;   // the file that the old loader reads is the new one's too
    }

    private static FrameworkFactory factory() throws ReflectiveOperationException {
        URL jar = EquinoxFactory.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader others = new ClassLoader(PinsInEquinoxTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("org.eclipse.") || name.startsWith("org.apache.felix.")) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }
        };
        return (FrameworkFactory) new URLClassLoader(new URL[] {jar}, others).loadClass(EquinoxFactory.class.getName()).getConstructor().newInstance();
    }
}
