package io.halftone.shell.internal;

import io.halftone.api.CheckpointTarget;
import io.halftone.api.CheckpointTarget.Form;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was given about the checkpoint to write.
 *
 * @param file      absolute path; empty where it was not given, and so for the other
 * @param hubFolder absolute path
 * @param form      as written; null where it was not given
 * @param stateOnly whether the form was asked for by its own option
 * @param compress  whether the compact form was asked for by its own option
 * @param maxShard  as written; null where it was not given
 */
record CheckpointChoice(String file, String hubFolder, String form, boolean stateOnly, boolean compress, String maxShard) {
    /** The target; compact where no form was given. */
    CheckpointTarget target() {
        List<String> given = new ArrayList<>();
        Set<Form> forms = new LinkedHashSet<>();
        if (form != null) {
            given.add("checkpoint-form");
            forms.add(named(form));
        }
        if (stateOnly) {
            given.add("state-only");
            forms.add(Form.STATE_ONLY);
        }
        if (compress) {
            given.add("compress");
            forms.add(Form.COMPACT);
        }
        if (forms.size() > 1) {
            throw new IllegalArgumentException("checkpoint: found forms "
                + forms.stream().map(Facts::name).collect(Collectors.joining(" and "))
                + "; expected one");
        }
        if (maxShard != null) {
            given.add("max-shard-size");
        }
        if (!given.isEmpty() && file.isEmpty() && hubFolder.isEmpty()) {
            throw new IllegalArgumentException(given.get(0) + ": found it without a checkpoint; expected quantized-torch-ckpt-save-path or "
                + "hf-ckpt-dir too");
        }
        Form chosen = forms.isEmpty() ? Form.COMPACT : forms.iterator().next();
        if (file.isEmpty() && chosen != Form.COMPACT) {
            throw new IllegalArgumentException(given.get(0) + ": found " + Facts.name(chosen)
                + " with hf-ckpt-dir alone; expected quantized-torch-ckpt-save-path too: the form is that file's");
        }
        return new CheckpointTarget(file, chosen,
            maxShard == null ? 0 : ByteCount.parse("max-shard-size", maxShard), hubFolder);
    }

    private static Form named(String name) {
        for (Form form : Form.values()) {
            if (Facts.name(form).equals(name)) {
                return form;
            }
        }
        throw new IllegalArgumentException("checkpoint-form: found " + name + "; expected compact, full or state-only");
    }
}
