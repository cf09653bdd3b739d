import ChorusCommand
import Testing

@Suite("What is wrong with a configuration")
struct ConfigurationProblemTests {
    @Test(
        "a value of another type, or out of its range, is named with its place, what it is and what it should be",
        arguments: [
            (
                #"{"listen": {"port": 70000}}"#,
                "chorus.json:1:21: listen.port: 70000 is not a whole number from 0 to 65535"
            ),
            (
                #"{"listen": {"port": "8000"}}"#,
                #"chorus.json:1:21: listen.port: "8000" is not a whole number from 0 to 65535"#
            ),
            ("{\n  \"echo\": 1\n}", "chorus.json:2:11: echo: 1 is not true or false"),
            (#"{"listen": 8000}"#, "chorus.json:1:12: listen: 8000 is not an object: {…}"),
            (
                #"{"log_level": "loud"}"#,
                #"chorus.json:1:15: log_level: "loud" is not trace, debug, info, notice, warning, error or critical"#
            ),
            (
                #"{"keep_alive": {"timeout": "10 minutes"}}"#,
                #"chorus.json:1:28: keep_alive.timeout: "10 minutes" is not a time from 1ms to 24h, "#
                    + #"such as 25 (seconds), "250ms", "10m" or "24h""#
            ),
            (
                #"{"limits": {"message_size": "2GiB"}}"#,
                #"chorus.json:1:29: limits.message_size: "2GiB" is not a size in bytes from 1 to 1GiB, "#
                    + #"such as 65536, "64KiB" or "16MiB""#
            ),
            (
                #"{"origins": "https://example.com"}"#,
                #"chorus.json:1:13: origins: "https://example.com" is not a list of origins such as "#
                    + "https://example.com or https://*.example.com"
            ),
            (
                #"{"origins": ["https://example.com/path"]}"#,
                "chorus.json:1:13: origins: [\"https://example.com/path\"] is not a list of origins such as "
                    + "https://example.com or https://*.example.com"
            ),
            ("[]", "chorus.json:1:1: a configuration is an object: {…}"),
            (#"{"echo" true}"#, "chorus.json:1:9: a colon is missing"),
            ("{\n /* }", "chorus.json:2:2: a comment does not end"),
        ]
    )
    func values(_ text: String, _ complaint: String) {
        #expect(resolve(text).complaints == [complaint])
    }

    @Test("a secret is never shown")
    func secrets() {
        let complaints = resolve(#"{"tokens": {"hmac_secret": 12345}, "api": {"key": ["hush"]}}"#).complaints
        #expect(complaints.count == 2)
        #expect(complaints.allSatisfy { $0.contains("the value is not") })
        #expect(!complaints.contains { $0.contains("12345") || $0.contains("hush") })
    }

    @Test(
        "an unknown key is named with what may have been meant",
        arguments: [
            (#"{"listn": {}}"#, "chorus.json:1:2: there is no setting listn; did you mean listen?"),
            (
                #"{"listen": {"prt": 1}}"#,
                "chorus.json:1:13: there is no setting listen.prt; did you mean listen.port?"
            ),
            (#"{"port": 8000}"#, "chorus.json:1:2: there is no setting port; did you mean listen.port?"),
            (#"{"zzzzzzzzzz": 1}"#, "chorus.json:1:2: there is no setting zzzzzzzzzz"),
            (
                #"{"namespaces": [{"name": "a", "histroy": {}}]}"#,
                "chorus.json:1:31: there is no setting namespaces.histroy; did you mean namespaces.history?"
            ),
            (
                #"{"namespaces": [{"name": "a", "history": {"cout": 1}}]}"#,
                "chorus.json:1:43: there is no setting namespaces.history.cout; did you mean namespaces.history.count?"
            ),
            (#"{"echo": true, "echo": false}"#, "chorus.json:1:16: echo is there twice"),
        ]
    )
    func unknownKeys(_ text: String, _ complaint: String) {
        #expect(resolve(text).complaints == [complaint])
    }

    @Test("so is an unknown variable; those of Kubernetes and of the other commands are none")
    func unknownVariables() {
        let environment = [
            "CHORUS_LISTEN_PROT": "1", "CHORUS_URL": "http://x", "CHORUS_CONFIG": "x", "CHORUS_TOKEN": "x",
            "CHORUS_OPTIONS": "--port 1",
            "CHORUS_PORT": "tcp://10.0.0.1:80",
            "CHORUS_PORT_8000_TCP_ADDR": "10.0.0.1", "CHORUS_SERVICE_HOST": "10.0.0.1",
            "CHORUS_SERVICE_PORT_HTTP": "80",
            "CHORUS_ECHO": "", "PATH": "/bin", "CHORUS_NONSENSE": "",
        ]
        let complaints = resolve("{}", environment: environment).complaints
        #expect(complaints == ["CHORUS_LISTEN_PROT: there is no such setting; did you mean CHORUS_LISTEN_PORT?"])
    }

    @Test("a variable's value is checked as a file's")
    func variables() {
        let environment = ["CHORUS_LISTEN_PORT": "many", "CHORUS_API_MAX_REQUEST_SIZE": "0", "CHORUS_ECHO": "maybe"]
        #expect(
            Set(resolve("{}", environment: environment).complaints) == [
                #"CHORUS_LISTEN_PORT: "many" is not a whole number from 0 to 65535"#,
                #"CHORUS_API_MAX_REQUEST_SIZE: "0" is not a size in bytes of at least 1, "#
                    + #"such as 65536, "64KiB" or "16MiB""#,
                #"CHORUS_ECHO: "maybe" is not true or false"#,
            ]
        )
    }

    @Test(
        "namespaces have names, each one of its own",
        arguments: [
            (#"[{"history": {"count": 1}}]"#, #"17: a namespace is an object with a name, such as {"name": "chat"}"#),
            ("[7]", #"17: a namespace is an object with a name, such as {"name": "chat"}"#),
            (#"[{"name": "a:b"}]"#, #"26: "a:b" cannot be a namespace: it has a colon"#),
            (#"[{"name": "a"}, {"name": "a"}]"#, #"41: there are two namespaces "a""#),
            (#"{"chat": {}}"#, "16: namespaces is not a list of objects, each with a name"),
        ]
    )
    func namespaces(_ list: String, _ complaint: String) {
        #expect(resolve(#"{"namespaces": \#(list)}"#).complaints == ["chorus.json:1:\(complaint)"])
    }

    @Test("what contradicts itself is named")
    func contradictions() {
        let tls = resolve(#"{"tls": {"certificate": "chain.pem"}}"#).complaints
        #expect(tls == ["chorus.json:1:25: the certificate and its key belong together"])
        let pong = resolve(#"{"centrifuge": {"pong_timeout": 60}}"#).complaints
        #expect(pong.count == 1)
        #expect(pong.first?.hasPrefix("chorus.json:1:33: ") == true, "\(pong)")
        // a value of one source goes with that of another
        let both = resolve(#"{"tls": {"certificate": "a"}}"#, environment: ["CHORUS_TLS_KEY": "b"])
        #expect(both.complaints.isEmpty)
    }

    @Test("all that is wrong is told at once")
    func all() {
        let text = """
            {
              "listen": {"port": -1, "hots": "x"},
              "echo": "yes",
              "namespaces": [{"name": "a", "window": {"messages": 0}}]
            }
            """
        let places = resolve(text, environment: ["CHORUS_ORIGNS": "x"]).problems.map(\.place.description)
        #expect(
            Set(places) == [
                "chorus.json:2:22", "chorus.json:2:26", "chorus.json:3:11", "chorus.json:4:55", "CHORUS_ORIGNS",
            ]
        )
    }
}
