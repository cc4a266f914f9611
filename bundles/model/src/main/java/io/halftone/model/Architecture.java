package io.halftone.model;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/** The architectures that a {@link ModelAdapter} serves: service property {@code halftone.architecture}. */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Architecture {
    /** Prefix of the property. */
    String PREFIX_ = "halftone.";

    /** {@code _class_name} in a diffusers config.json, or {@code architectures[0]} in a transformers one. */
    String[] value();
}
