/** The collector {@code ${pluginName}}, for Halftone. */
package ${package};
