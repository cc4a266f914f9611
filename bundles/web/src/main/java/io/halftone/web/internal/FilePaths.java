package io.halftone.web.internal;

import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** Completes the path of a file or folder, as Karaf does. */
@Service
public final class FilePaths extends FileCompleter {}
