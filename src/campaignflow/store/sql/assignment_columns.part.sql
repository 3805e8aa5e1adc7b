SELECT a.key, d.key, g.key, a.state, a.version, a.presumed, a.registered, a.sent, a.counted, a.returned_until,
       a.promised, a.acknowledged, a.nil, a.done, a.parts, a.due_version, a.notice_epoch, a.initial, a.born,
       a.opened, a.delegate, a.delegate_from, a.delegate_until, a.extended, a.blocked, a.resume
