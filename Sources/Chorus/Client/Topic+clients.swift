public import ChorusCore

extension Topic {
    /// Lets a client receive what is published from now on, or what the topic has kept first. Returns when it has joined;
    /// what comes from the past follows, and is there before anything that is published later.
    ///
    /// The client must be of a server with this topic's hub. One that wants what came since a position, and cannot have all
    /// of it any more, is closed with code 4010 and told from where it can go on.
    ///
    /// - Parameter point: where to begin. Default with what is published from now on.
    public func join(_ client: Client, from point: StartingPoint = .now) async {
        let name = name
        await client.performAndWait { $0.session?.subscribe(to: .named(name), from: point) }
    }

    /// Lets a client receive nothing more. The end of its connection does that too.
    public func leave(_ client: Client) async {
        let name = name.description
        await client.performAndWait { $0.session?.unsubscribe(from: name) }
    }
}
