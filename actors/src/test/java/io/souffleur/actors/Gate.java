package io.souffleur.actors;

import io.souffleur.tokenizer.TextAssets;
import io.souffleur.tokenizer.Tokenizer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Text assets whose tokenizer waits until the gate is opened. */
final class Gate {
  private final CountDownLatch latch = new CountDownLatch(1);

  void open() {
    latch.countDown();
  }

  TextAssets assets() {
    TextAssets plain = FakeText.assets();
    Tokenizer waiting = (Tokenizer) Proxy.newProxyInstance(
        Gate.class.getClassLoader(),
        new Class<?>[] {Tokenizer.class},
        (proxy, method, arguments) -> {
          if (!latch.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the gate stayed closed");
          }
          try {
            return method.invoke(plain.tokenizer(), arguments);
          } catch (InvocationTargetException failure) {
            throw failure.getCause();
          }
        });
    return new TextAssets(
        waiting, plain.chatTemplate(), plain.specialTokens(), plain.stopTokenIds());
  }
}
