"""What the services refuse, and why."""

from __future__ import annotations

from campaignflow.errors import CampaignflowError


class CampaignMissing(CampaignflowError):
    """No plan with this id was applied to this database."""

    code = "campaign-missing"
    message = "No campaign `{campaign}` runs in this database."
    cure = "Apply its plan first: `campaignflow apply`."


class CampaignAmbiguous(CampaignflowError):
    """A database holds several campaigns and none was named."""

    code = "campaign-ambiguous"
    message = "This database holds several campaigns: {campaigns}."
    cure = "Say which one with --campaign ID."


class KeyUnknown(CampaignflowError):
    """No assignment has this key."""

    code = "key-unknown"
    message = "There is no assignment `{key}`{hint}."
    cure = "See the keys with `campaignflow status`; a key is RESPONSIBILITY/AGENCY."


class AgencyUnknown(CampaignflowError):
    """The plan has no such agency."""

    code = "agency-unknown"
    message = "The plan has no agency `{agency}`{hint}."
    cure = "See the agencies with `campaignflow status --by agency`."


class ActorUnknown(CampaignflowError):
    """Whoever acts is neither a contact nor an agency of the plan."""

    code = "actor-unknown"
    message = "`{actor}` is neither a contact nor an agency of this campaign{hint}."
    cure = "Name an agency, or a contact of `campaignflow contacts list`, with --as."


class ContactEnded(CampaignflowError):
    """A contact acts who no longer answers for the agency."""

    code = "contact-ended"
    message = "The contact `{actor}` answered for {agency} only until {until}."
    cure = "Act as the agency's present contact; `campaignflow contacts list` shows it."


class TriggerUnknown(CampaignflowError):
    """The lifecycle has no such step."""

    code = "trigger-unknown"
    message = "The lifecycle of {key} has no step `{trigger}`{hint}."
    cure = "Steps allowed now: {allowed}."


class StepNotAllowed(CampaignflowError):
    """The step does not leave the state the assignment is in."""

    code = "step-not-allowed"
    message = "{key} is in the state {state}; the step `{trigger}` does not start there."
    cure = "Steps allowed now: {allowed}."


class NotYourStep(CampaignflowError):
    """The step belongs to someone else."""

    code = "not-your-step"
    message = "The step `{trigger}` of {key} is taken by {parties}, and {actor} is none of them."
    cure = "Act as one of them with --as, or enter it for them with --on-behalf-of."


class NotOnBehalf(CampaignflowError):
    """Only the coordinator and the receiver may enter something for another agency."""

    code = "not-on-behalf"
    message = "{actor} cannot enter anything on behalf of {agency}."
    cure = "Only the coordinator, or the receiver of the report, may; act as one of them with --as."


class InTheFuture(CampaignflowError):
    """Something is said to have happened after now."""

    code = "in-the-future"
    message = "{what} {moment} lies after now, {now}."
    cure = "Give the moment at which it happened, not one to come."


class PromiseInThePast(CampaignflowError):
    """A promise names a day that has gone by."""

    code = "promise-in-the-past"
    message = "The promised day {day} has gone by; today is {today}."
    cure = "Give a day from today on."


class PartUnknown(CampaignflowError):
    """The duty has no such part."""

    code = "part-unknown"
    message = "The duty of {key} has no part `{part}`{hint}."
    cure = "Its parts: {parts}."


class EventUnknown(CampaignflowError):
    """The plan names no such outside event."""

    code = "event-unknown"
    message = "The plan waits for no outside event `{event}`{hint}."
    cure = "Outside events of this plan: {events}."


class EventKnown(CampaignflowError):
    """The event was recorded before."""

    code = "event-known"
    message = "The event `{event}` was recorded already: it happened {happened}."
    cure = "See `campaignflow history`."


class GroupUnknown(CampaignflowError):
    """The plan has no such group to confirm."""

    code = "group-unknown"
    message = "The plan has no group `{group}` that waits for confirmation{hint}."
    cure = "Groups that do: {groups}."


class NilRefused(CampaignflowError):
    """The plan takes no nil report here."""

    code = "nil-refused"
    message = "The report of {key} may not be nil."
    cure = "Submit the report itself."


class FileUnusable(CampaignflowError):
    """A file to be attached, imported or written cannot be used."""

    code = "file-unusable"
    message = "{file}: {detail}."
    cure = "Check the path and the permissions; nothing was recorded."


class FileTooLarge(CampaignflowError):
    """An attachment is larger than what the store takes."""

    code = "file-too-large"
    message = "{file} has {size} MB; an attachment may have {limit} MB."
    cure = "Send a smaller file, for example a scan at a lower resolution."


class PlanChanged(CampaignflowError):
    """The text differs from the running revision."""

    code = "plan-changed"
    message = "The plan's text differs from revision {revision}, which is running, in: {where}."
    cure = "Put the text back as it was applied; this release cannot amend a running campaign."


class NothingToExportTo(CampaignflowError):
    """The folder to write to has something in it."""

    code = "folder-not-empty"
    message = "{folder} has something in it already."
    cure = "Name a folder that is empty or does not exist yet."


class ContactUnknown(CampaignflowError):
    """The register has no such contact."""

    code = "contact-unknown"
    message = "The register has no contact `{contact}`{hint}."
    cure = "See them with `campaignflow contacts list`."


class ContactKnown(CampaignflowError):
    """The register has this contact already."""

    code = "contact-known"
    message = "The register has a contact `{contact}` already."
    cure = "Choose another id; to replace a person, end the old contact and add a new one."


class NotYourContact(CampaignflowError):
    """An agency changes the contacts of another."""

    code = "not-your-contact"
    message = "{actor} may not change the contacts of {agency}."
    cure = "Act as that agency, or as the coordinator, with --as."
