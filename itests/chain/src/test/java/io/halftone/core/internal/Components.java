package io.halftone.core.internal;

import io.halftone.core.internal.Plugins.Family;
import io.halftone.core.internal.Plugins.Plugin;
import io.halftone.core.internal.task.Bench;
import io.halftone.distribute.Workbench;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The declared components of every bundle on the class path, made without a framework: what a service component runtime would
 * find, configured by the defaults of their configuration types.
 */
final class Components {
    private static final Pattern NAMED = Pattern.compile("\\(halftone\\.named=([^)]*)\\)");

    private final List<Element> descriptions = new ArrayList<>();

    Components() {
        try {
            ClassLoader loader = Components.class.getClassLoader();
            for (URL manifest : Collections.list(loader.getResources("META-INF/MANIFEST.MF"))) {
                try (InputStream in = manifest.openStream()) {
                    String components = new Manifest(in).getMainAttributes().getValue("Service-Component");
                    if (components != null) {
                        for (String file : components.split(",")) {
                            descriptions.add(description(new URL(manifest, "../" + file.strip())));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Element description(URL file) throws IOException {
        try (InputStream in = file.openStream()) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            return factory.newDocumentBuilder().parse(in).getDocumentElement();
        } catch (javax.xml.parsers.ParserConfigurationException | org.xml.sax.SAXException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The components that provide a service, under the names of one of their properties. */
    <S> Family<S> family(String kind, Class<S> service, String property) {
        List<Plugin<S>> plugins = new ArrayList<>();
        for (Element description : descriptions) {
            if (provides(description, service.getName())) {
                plugins.add(new Plugin<>(names(description, property), service.cast(instance(description)), "", ""));
            }
        }
        if (plugins.isEmpty()) {
            throw new IllegalStateException(kind + ": found no component on the class path; expected some");
        }
        return new Family<>(kind, plugins);
    }

    /** The components that provide a service that has no name. */
    <S> List<S> services(Class<S> service) {
        return descriptions.stream().filter(d -> provides(d, service.getName())).map(d -> service.cast(instance(d))).toList();
    }

    private static boolean provides(Element description, String service) {
        NodeList provided = description.getElementsByTagName("provide");
        for (int i = 0; i < provided.getLength(); i++) {
            if (((Element) provided.item(i)).getAttribute("interface").equals(service)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> names(Element description, String property) {
        NodeList properties = description.getElementsByTagName("property");
        for (int i = 0; i < properties.getLength(); i++) {
            Element one = (Element) properties.item(i);
            if (one.getAttribute("name").equals(property)) {
                String value = one.hasAttribute("value") ? one.getAttribute("value") : one.getTextContent();
                return value.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
            }
        }
        throw new IllegalStateException(description.getAttribute("name") + ": found no property " + property + "; expected it");
    }

    private Object instance(Element description) {
        String name = ((Element) description.getElementsByTagName("implementation").item(0)).getAttribute("class");
        try {
            Constructor<?> constructor = Class.forName(name).getConstructors()[0];
            Object[] arguments = new Object[constructor.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                Class<?> type = constructor.getParameterTypes()[i];
                arguments[i] = type == Map.class ? Map.of() : Annotation.class.isAssignableFrom(type) ? configured(type)
                    : type == Workbench.class ? new Bench(() -> Chain.WORK) : referenced(description, type);
            }
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + ": " + e, e);
        }
    }

    /** The service of that type whose name the reference's target asks for. */
    private Object referenced(Element description, Class<?> service) {
        NodeList references = description.getElementsByTagName("reference");
        for (int i = 0; i < references.getLength(); i++) {
            Element reference = (Element) references.item(i);
            Matcher named = NAMED.matcher(reference.getAttribute("target"));
            if (reference.getAttribute("interface").equals(service.getName()) && named.matches()) {
                for (Element other : descriptions) {
                    if (provides(other, service.getName()) && names(other, "halftone.named").contains(named.group(1))) {
                        return instance(other);
                    }
                }
            }
        }
        throw new IllegalStateException(description.getAttribute("name") + ": found no reference to " + service + " by name; expected one");
    }

    /** Its defaults, and in their place system properties of the type's and the attribute's name. */
    static Object configured(Class<?> configuration) {
        return Proxy.newProxyInstance(configuration.getClassLoader(), new Class<?>[] {configuration}, (proxy, method, arguments) -> {
            String given = System.getProperty(configuration.getSimpleName() + "." + method.getName());
            if (method.getName().equals("annotationType")) {
                return configuration;
            } else if (given == null) {
                return method.getDefaultValue();
            }
            Class<?> type = method.getReturnType();
            return type == int.class ? Integer.valueOf(given) : type == boolean.class ? Boolean.valueOf(given)
                : type == String[].class ? given.split(",") : given;
        });
    }
}
