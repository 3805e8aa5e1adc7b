"""What the services refuse, and why."""

from __future__ import annotations

from campaignflow.errors import CampaignflowError


class CampaignMissing(CampaignflowError):
    """No plan with this id was applied to this database."""

    code = "campaign-missing"
    message = "No campaign `{campaign}` runs in this database."
    cure = "Apply its plan first: `campaignflow apply`."


class CampaignOther(CampaignMissing):
    """The plan at hand was not applied to this database, but others were."""

    code = "campaign-other"
    message = "The plan is that of campaign `{campaign}`, and this database holds others: {campaigns}."
    cure = "Apply the plan with `campaignflow apply`, or say which campaign is meant with --campaign ID."


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
    """The step does not leave the state the assignment is in; says who brought it there, and when."""

    code = "step-not-allowed"
    message = "{key} is in the state {state}; the step `{trigger}` does not start there.{mover}"
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


class OccupiedStates(CampaignflowError):
    """An amendment takes states away in which assignments are."""

    code = "occupied-states"
    message = "Assignments are in states that their lifecycle would no longer have: {states}."
    cure = "Say under `migrate_states` what becomes of them, or keep the states; then apply again."


class KeyTaken(CampaignflowError):
    """An amendment makes an assignee of a partner, or a partner of an assignee, under the same responsibility."""

    code = "key-taken"
    message = "Who owed these as a partner would owe them as the assignee, or the other way round: {keys}."
    cure = "Give the responsibility another id: a key and its history stay with the duty that they were given for."


class CampaignClosed(CampaignflowError):
    """Something is written to a campaign that was closed."""

    code = "campaign-closed"
    message = "The campaign `{campaign}` is closed: nothing more is written to it."
    cure = "Read it as it is, or open it again with `campaignflow close --reopen --reason TEXT`."


class NotYourDate(CampaignflowError):
    """A date is moved by somebody who did not set it."""

    code = "not-your-date"
    message = "{setter} set the date of {key}: only that agency, or one above it, can move it, and {actor} is neither."
    cure = (
        "Name who granted it with --granted-by {setter} and its document; a day that was only promised is recorded by "
        "`campaignflow acknowledge KEY --promised DATE`."
    )


class GrantNeedsDocument(CampaignflowError):
    """An extension granted by another agency comes without its document."""

    code = "grant-needs-document"
    message = "The extension was granted by {agency}; its document is missing."
    cure = "Give its number and date (--number, --date) or the file (--attach)."


class NothingToExtend(CampaignflowError):
    """No deadline of the assignment can be moved."""

    code = "nothing-to-extend"
    message = "{key} has no deadline that can be moved: {why}."
    cure = "See its deadlines with `campaignflow show {key}`."


class NotLater(CampaignflowError):
    """An extension gives no later day than there is."""

    code = "not-later"
    message = "{until} is no later than the last day as it stands, {day}."
    cure = "An extension gives a later day; an earlier one takes an amendment of the plan."


class DelegationReversed(CampaignflowError):
    """A delegation ends before it begins, or has ended already."""

    code = "delegation-reversed"
    message = "The delegation from {first} to {last} has no day left; today is {today}."
    cure = "Give the first and the last day on which the other agency acts."


class DelegateToItself(CampaignflowError):
    """An agency is to act for itself."""

    code = "delegate-to-itself"
    message = "{agency} holds {key} itself."
    cure = "Name another agency with --to."


class NothingToUndo(CampaignflowError):
    """No step of the assignment can be undone."""

    code = "nothing-to-undo"
    message = "No step of {key} was taken that could be undone."
    cure = "See what happened with `campaignflow history {key}`."


class UsedByConsolidation(CampaignflowError):
    """What is to be undone was used by a consolidation that was sent."""

    code = "used-by-consolidation"
    message = "The report of {key} went into {consolidation}, which was sent already."
    cure = "Send a supplement instead; to undo it all the same, give --force."


class NotOnDemand(CampaignflowError):
    """A duty is opened that is none on demand."""

    code = "not-on-demand"
    message = "The plan has no duty on demand `{responsibility}`{hint}."
    cure = "Duties on demand of this plan: {known}."


class NotAssignedTo(CampaignflowError):
    """A duty on demand is opened for an agency that the plan does not give it to."""

    code = "not-assigned-to"
    message = "The plan does not give `{responsibility}` to {agency}."
    cure = "Open it for one of: {known}."


class NotClosed(CampaignflowError):
    """A campaign that runs is opened again."""

    code = "not-closed"
    message = "The campaign `{campaign}` is not closed."
    cure = "See it with `campaignflow status`."


class StillOpen(CampaignflowError):
    """A campaign is closed while something is still owed in it."""

    code = "still-open"
    message = "{count} assignments are not finished yet."
    cure = "See them with `campaignflow status`; to close the campaign all the same, give --force."


class FileThere(CampaignflowError):
    """A backup would take the place of a file."""

    code = "file-there"
    message = "There is a file {file} already."
    cure = "Name another file, or put the backup in its place with --force."


class FileIsDatabase(CampaignflowError):
    """A backup is to be written to, or restored from, the database itself."""

    code = "file-is-database"
    message = "{file} is the database itself."
    cure = "Name another file; a backup belongs on another disk."


class _Because(CampaignflowError):
    """An error whose reason, `why`, is a message of its own with fields of the same data."""

    def text(self) -> str:
        """The message in English, with its fields filled, and those of the reason."""
        return self.message.format(**{**self.data, "why": str(self.data["why"]).format(**self.data)})


class CopyUnsound(_Because):
    """What was copied does not hold: the original is damaged, or somebody changed it."""

    code = "copy-unsound"
    message = "The copy of {database} is not sound: {why}. It was not kept."
    cure = (
        "See what is wrong with the original: `campaignflow verify`; `campaignflow export` keeps what it has as files."
    )


class BackupUnsound(_Because):
    """A file to be restored is damaged, or was changed, or holds nothing."""

    code = "backup-unsound"
    message = "{file} is no sound backup: {why}. Nothing was restored."
    cure = "Restore another backup."


class DatabaseDamaged(CampaignflowError):
    """A backup is to be restored where a damaged database is."""

    code = "database-damaged"
    message = "{database} is damaged: {detail}. Nothing was restored."
    cure = "With --force it is first put aside under a dated name."


class CampaignsThere(CampaignflowError):
    """A backup is to be restored where campaigns are."""

    code = "campaigns-there"
    message = "{database} holds campaigns: {campaigns}. Nothing was restored."
    cure = "Restore elsewhere with --database; with --force the present database is first put aside under a dated name."


class ServerHoldsCampaigns(CampaignflowError):
    """A backup is to be restored into a database on a server in which campaigns are; nothing is put aside there."""

    code = "server-holds-campaigns"
    message = "{database} holds campaigns: {campaigns}. Nothing was restored."
    cure = "Make an empty database (`createdb NAME`) and name it with --database postgresql://…/NAME."


class CampaignThere(CampaignflowError):
    """A campaign is copied to where it is already."""

    code = "campaign-there"
    message = "{database} has the campaign `{campaign}` already; nothing was copied."
    cure = "Copy it into another database, or only the others with --campaign ID."


class NotRestored(CampaignflowError):
    """A campaign is confirmed that is no restored copy."""

    code = "not-restored"
    message = "The campaign `{campaign}` is no restored copy, or somebody confirmed it already."
    cure = "See it with `campaignflow status`; who confirmed it is in `campaignflow history`."
