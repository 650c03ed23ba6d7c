package io.souffleur.http.stage;

/** Takes the output of a stage, in order, on the thread that feeds the stage. */
@FunctionalInterface
public interface DeltaSink {

  void delta(Delta delta);
}
