package io.halftone.web.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be configured of the web console, for those who edit configurations with a form. {@link WebSettings} reads the values. */
@ObjectClassDefinition(name = "Halftone web console", description = "Where the web console listens, who may use it, and which folders it shows")
public @interface WebConfig {
    @AttributeDefinition(name = "Host", description = "Address to listen on; any but the loopback's needs a token")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "Port to listen on; 0 for any that is free")
    int port() default 8181;

    @AttributeDefinition(name = "Token file", required = false, description = "File whose first line is the token that everybody has to show, at "
        + "least 16 characters; absolute, and readable by its owner alone. Without it: nothing on the loopback, and no other host is taken")
    String tokenFile() default "";

    @AttributeDefinition(name = "Host names", required = false, description = "Names besides localhost by which browsers may call this machine, "
        + "separated by commas")
    String[] hostNames() default {};

    @AttributeDefinition(name = "Runs folder", required = false, description = "Folder in which each job gets one of its own, absolute. Without it: "
        + "web-runs in HALFTONE_DATA, or else halftone/web-runs in the user's data, ~/.local/share")
    String runsFolder() default "";

    @AttributeDefinition(name = "Input folders", required = false, description = "Folders besides the model folders whose files jobs may read, "
        + "absolute, separated by commas")
    String[] inputFolders() default {};

    @AttributeDefinition(name = "Read only", description = "Whether nobody can start or cancel jobs")
    boolean readOnly() default false;
}
