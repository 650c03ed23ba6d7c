package io.souffleur.multimodal.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Names to addresses. May block; the caller bounds the time. */
@FunctionalInterface
public interface HostResolver {
  /** The machine's own resolver. */
  HostResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /** At least one address of {@code host}. */
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
