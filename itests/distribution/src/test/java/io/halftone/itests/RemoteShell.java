package io.halftone.itests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;

/** Commands over SSH, each in a session of its own, without a terminal. */
final class RemoteShell implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final SshClient client = SshClient.setUpDefaultClient();
    private final int port;
    private final String user;
    private final String password;

    RemoteShell(int port, String user, String password) {
        this.port = port;
        this.user = user;
        this.password = password;
        client.setServerKeyVerifier((session, address, key) -> true);
        client.start();
    }

    /** A command that runs. */
    static final class Command {
        private final ClientSession session;
        private final ChannelExec channel;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();

        private Command(ClientSession session, String line) throws IOException {
            this.session = session;
            channel = session.createExecChannel(line);
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(LIMIT);
        }

        /** Waits for its end, and returns its exit status. */
        int status() throws IOException {
            if (channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT).contains(ClientChannelEvent.TIMEOUT)) {
                throw new AssertionError("found it running after " + LIMIT + ", having said: " + out() + err());
            }
            session.close();
            return channel.getExitStatus();
        }

        String out() {
            return out.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }
    }

    /** Starts a command. */
    Command start(String line) throws IOException {
        ClientSession session = client.connect(user, "127.0.0.1", port).verify(LIMIT).getSession();
        session.addPasswordIdentity(password);
        session.auth().verify(LIMIT);
        return new Command(session, line);
    }

    /** Runs a command that succeeds, and returns what it printed on standard output. */
    String run(String line) throws IOException {
        Command command = start(line);
        int status = command.status();
        if (status != 0) {
            throw new AssertionError(line + ": found status " + status + "; expected 0: " + command.out() + command.err());
        }
        return command.out();
    }

    @Override
    public void close() {
        client.stop();
    }
}
