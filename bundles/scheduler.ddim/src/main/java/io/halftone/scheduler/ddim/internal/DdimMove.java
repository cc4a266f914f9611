package io.halftone.scheduler.ddim.internal;

/**
 * One step.
 *
 * @param timestep what the backbone gets
 * @param from     the signal's share there
 * @param to       the signal's share after the step
 */
record DdimMove(int timestep, float from, float to) {}
