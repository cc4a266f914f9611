package io.halftone.model;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/** The names by which a plugin is asked for: service property {@code halftone.named}. */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Named {
    /** Prefix of the property. */
    String PREFIX_ = "halftone.";

    /** What users and configuration files write: {@code int8}, {@code EulerDiscreteScheduler}. */
    String[] value();
}
